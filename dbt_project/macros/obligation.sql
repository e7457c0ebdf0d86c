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
            home.kind_of_home,
            {% if area == 'given' -%}
                promises.district
            {%- elif area == 'home' -%}
                home.district
            {%- else -%}
                coalesce(promises.district, home.district)
            {%- endif %} as district
        from promises_due as promises
        {{ join_home('promises', 'promises.home_day') }}
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
    {{ join_area('promises') }}
{%- endmacro %}
