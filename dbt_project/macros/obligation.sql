{#
    The rows of one obligation about people, with the columns that every obligation__<id> has (decision 8, reading 74).

    `promises` has authority, person_key, record_id, district, trigger_date, due_date and met_date.
    `scope`: the person must be in that scope on the trigger date, and leaving it by the due date waives; with none
    neither is asked. `area`: `given` takes the promise's district, `home` that of the home on the due date,
    `given_or_home` the first that is known. `contact_matters`: refusing contact waives.
    `consent_matters`: promises has `is_consented`; without consent the promise is waived.

    A reason stands only where it waives: the promise fell due before the as-at, unmet on its due date.
#}
{% macro obligation(
    obligation_id, promises, scope='protocol', area='home', contact_matters=true, consent_matters=false
) -%}
    promises_due as (
        select
            row_number() over (
                order by promises.authority, promises.record_id, promises.trigger_date, promises.due_date
            ) as promise_number,
            obligations.obligation_id,
            obligations.clause,
            promises.authority,
            promises.person_key,
            promises.record_id,
            promises.district,
            promises.trigger_date,
            promises.due_date,
            promises.met_date,
            {{ 'promises.is_consented' if consent_matters else 'true' }} as is_consented,
            least(promises.due_date, clock.as_at) as home_day,
            promises.due_date < clock.as_at
            and (promises.met_date is null or promises.met_date > promises.due_date) as may_be_waived
        from {{ promises }} as promises
        inner join {{ ref('dim_clock') }} as clock
            on promises.authority = clock.authority
        inner join {{ ref('obligations') }} as obligations
            on
                obligations.obligation_id = '{{ obligation_id }}'
                and obligations.valid_to is null
                and ' ' || obligations.letters || ' ' like '% ' || clock.protocol_letter || ' %'
        {%- if scope %}
        inner join {{ ref('fct_scope') }} as scope
            on
                promises.authority = scope.authority
                and promises.person_key = scope.person_key
                and scope.scope = '{{ scope }}'
                and promises.trigger_date >= scope.start_date
                and promises.trigger_date < scope.end_date
        {%- endif %}
        where
            promises.due_date >= clock.monitoring_from
            and promises.due_date <= {{ add_days('clock.as_at', var('obligation_days_ahead')) }}
    ),

    days_asked as (
        select
            promise_number,
            authority,
            person_key,
            home_day as day
        from promises_due
        {%- if area == 'given' %}
        where may_be_waived
        {%- elif area == 'given_or_home' %}
        where
            may_be_waived
            or district is null
        {%- endif %}
    ),

    ranked_homes as (
        select
            days_asked.promise_number,
            residence.kind_of_home,
            residence.district,
            row_number() over (
                partition by days_asked.promise_number
                order by
                    residence.start_date desc,
                    residence.source_rank asc,
                    residence.tie_rank asc,
                    residence.record_id asc
            ) as place
        from days_asked
        inner join {{ ref('fct_residence') }} as residence
            on
                days_asked.authority = residence.authority
                and days_asked.person_key = residence.person_key
                and residence.start_date <= days_asked.day
                and coalesce(residence.end_date, {{ end_of_time() }}) > days_asked.day
                and residence.hidden_from > days_asked.day
    ),

    placed_promises as (
        select
            promises.obligation_id,
            promises.clause,
            promises.authority,
            promises.person_key,
            promises.record_id,
            promises.trigger_date,
            promises.due_date,
            promises.met_date,
            promises.is_consented,
            promises.may_be_waived,
            homes.kind_of_home,
            {% if area == 'given' -%}
                promises.district
            {%- elif area == 'home' -%}
                homes.district
            {%- else -%}
                coalesce(promises.district, homes.district)
            {%- endif %} as district
        from promises_due as promises
        left join ranked_homes as homes
            on
                promises.promise_number = homes.promise_number
                and homes.place = 1
    )

    select
        promises.obligation_id,
        promises.authority,
        promises.person_key,
        {{ area_of('promises.district', 'own_district') }} as area_code,
        promises.clause,
        promises.trigger_date,
        promises.due_date,
        promises.met_date,
        case
            when not promises.may_be_waived then null
            when person.death_date <= promises.due_date then 'died'
            {% if scope -%}
                when scope.person_key is null then 'out_of_scope'
            {% endif -%}
            when promises.kind_of_home = 'abroad' then 'abroad'
            {% if contact_matters -%}
                when care_status.in_touch in ('REFU', 'NREQ') then 'refuses_contact'
            {% endif -%}
            {% if consent_matters -%}
                when not promises.is_consented then 'no_consent'
            {% endif -%}
            else null
        end as waived_reason,
        1 as quantity,
        promises.record_id
    from placed_promises as promises
    inner join {{ ref('dim_person') }} as person
        on
            promises.authority = person.authority
            and promises.person_key = person.person_key
    {%- if scope %}
    left join {{ ref('fct_scope') }} as scope
        on
            promises.authority = scope.authority
            and promises.person_key = scope.person_key
            and scope.scope = '{{ scope }}'
            and promises.due_date >= scope.start_date
            and promises.due_date < scope.end_date
    {%- endif %}
    {%- if contact_matters %}
    left join {{ ref('fct_care_status') }} as care_status
        on
            promises.authority = care_status.authority
            and promises.person_key = care_status.person_key
            and promises.due_date >= care_status.start_date
            and promises.due_date < care_status.end_date
    {%- endif %}
    left join {{ ref('dim_area') }} as own_district
        on
            promises.authority = own_district.authority
            and own_district.area_type = 'district'
            and promises.district = own_district.area_code
    left join {{ ref('area') }} as known_area
        on promises.district = known_area.area_code
{%- endmacro %}
