with duties as (
    select
        person.authority,
        cases.person_key,
        cases.record_id,
        cases.district,
        least(
            coalesce(cases.prevention_start, {{ end_of_time() }}),
            coalesce(cases.relief_start, {{ end_of_time() }})
        ) as day,
        cases.personal_housing_plan_on as met_date,
        row_number() over (order by person.authority, cases.record_id) as duty_number
    from {{ ref('fct_homelessness_case') }} as cases
    inner join {{ ref('dim_person') }} as person
        on cases.person_key = person.person_key
    where
        cases.prevention_start is not null
        or cases.relief_start is not null
),

plans_due as (
    {{ working_days_after('duties', 'duty_number', 'day', 10) }}
),

promises as (
    select
        duties.authority,
        duties.person_key,
        duties.record_id,
        duties.district,
        duties.day as trigger_date,
        plans_due.due_date,
        duties.met_date
    from duties
    inner join plans_due
        on duties.duty_number = plans_due.duty_number
),

{{ obligation('personal_housing_plan', 'promises', area='given') }}
