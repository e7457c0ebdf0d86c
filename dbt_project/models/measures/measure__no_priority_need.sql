with events as (
    select
        person.authority,
        cases.person_key,
        cases.record_id,
        cases.district,
        cases.main_duty_decided_on as start_date,
        cast(null as date) as end_date,
        1 as quantity,
        cases.main_duty_decided_on as valued_on
    from {{ ref('fct_homelessness_case') }} as cases
    inner join {{ ref('dim_person') }} as person
        on cases.person_key = person.person_key
    where
        cases.main_duty_decision = 'no_priority_need'
        and {{ completed_years('person.date_of_birth', 'cases.main_duty_decided_on') }} between 18 and 20
)

{{ measure_event('no_priority_need', 'events', scope='protocol') }}
