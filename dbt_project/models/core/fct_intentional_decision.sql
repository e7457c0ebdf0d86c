{%- set reach = 28 -%}

-- A decision of a case, once at its earliest date; the form adds only decisions that no case within reach has.
with duty_decisions as (
    select
        case_record_id as record_id,
        min(end_date) as decided_on
    from {{ ref('fct_duty') }}
    where end_reason = 'intentional'
    group by case_record_id
),

case_decisions as (
    select
        cases.record_id,
        cases.person_key,
        cases.district,
        cases.case_ref,
        least(
            coalesce(
                case when cases.main_duty_decision = 'intentional' then cases.main_duty_decided_on end,
                {{ end_of_time() }}
            ),
            coalesce(duty_decisions.decided_on, {{ end_of_time() }})
        ) as decided_on
    from {{ ref('fct_homelessness_case') }} as cases
    left join duty_decisions
        on cases.record_id = duty_decisions.record_id
),

known_decisions as (
    select
        person.authority,
        case_decisions.person_key,
        case_decisions.record_id,
        case_decisions.district,
        case_decisions.case_ref,
        case_decisions.decided_on
    from case_decisions
    inner join {{ ref('dim_person') }} as person
        on case_decisions.person_key = person.person_key
    where case_decisions.decided_on < {{ end_of_time() }}
),

-- The form that belongs to a decision: that of the case, else the nearest within reach.
ranked_forms as (
    select
        known_decisions.authority,
        known_decisions.record_id,
        form.record_id as form_record_id,
        row_number() over (
            partition by known_decisions.authority, known_decisions.record_id
            order by
                case
                    when
                        form.district_gss = known_decisions.district
                        and form.case_ref = known_decisions.case_ref
                        then 0
                    else 1
                end,
                abs({{ days_between(
                    'known_decisions.decided_on', 'coalesce(form.decided_on, form.considered_on)'
                ) }}),
                coalesce(form.decided_on, form.considered_on),
                form.record_id
        ) as place
    from known_decisions
    inner join {{ ref('fct_intentionality') }} as form
        on
            known_decisions.authority = form.authority
            and known_decisions.person_key = form.person_key
            and (
                (
                    form.district_gss = known_decisions.district
                    and form.case_ref = known_decisions.case_ref
                )
                or abs({{ days_between(
                    'known_decisions.decided_on', 'coalesce(form.decided_on, form.considered_on)'
                ) }}) <= {{ reach }}
            )
),

form_decisions as (
    select
        form.authority,
        form.person_key,
        form.record_id,
        form.district_gss as district,
        form.decided_on
    from {{ ref('fct_intentionality') }} as form
    left join known_decisions
        on
            form.authority = known_decisions.authority
            and form.person_key = known_decisions.person_key
            and abs({{ days_between('known_decisions.decided_on', 'form.decided_on') }}) <= {{ reach }}
    where
        form.outcome = 'intentional'
        and form.decided_on is not null
        and known_decisions.record_id is null
),

decisions as (
    select
        known_decisions.authority,
        known_decisions.person_key,
        known_decisions.record_id,
        known_decisions.district,
        known_decisions.decided_on,
        'case' as source,
        ranked_forms.form_record_id
    from known_decisions
    left join ranked_forms
        on
            known_decisions.authority = ranked_forms.authority
            and known_decisions.record_id = ranked_forms.record_id
            and ranked_forms.place = 1
    union all
    select
        authority,
        person_key,
        record_id,
        district,
        decided_on,
        'form' as source,
        record_id as form_record_id
    from form_decisions
)

select
    decisions.authority,
    decisions.person_key,
    decisions.record_id,
    decisions.source,
    decisions.district,
    decisions.decided_on,
    decisions.form_record_id,
    form.adviser_told_on,
    form.young_person_told_on
from decisions
left join {{ ref('fct_intentionality') }} as form
    on
        decisions.authority = form.authority
        and decisions.form_record_id = form.record_id
