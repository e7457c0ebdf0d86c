with fostered as (
    select distinct
        person.authority,
        person.person_key,
        person.date_of_birth
    from {{ ref('dim_person') }} as person
    inner join {{ ref('fct_care_placement') }} as placement
        on
            person.authority = placement.authority
            and person.person_key = placement.person_key
            and placement.placement_type in ('U1', 'U2', 'U3', 'U4', 'U5', 'U6')
            and placement.start_date < {{ birthday('person.date_of_birth', 18) }}
            and (placement.is_open or placement.end_date >= {{ birthday('person.date_of_birth', 18) }})
),

cohort as (
    {{ people_in_scope() }}
),

fostered_cohort as (
    select
        cohort.authority,
        cohort.person_key,
        cohort.day
    from cohort
    inner join fostered
        on
            cohort.authority = fostered.authority
            and cohort.person_key = fostered.person_key
    where {{ completed_years('fostered.date_of_birth', 'cohort.day') }} between 18 and 20
),

events as (
    select
        cohort.authority,
        cohort.person_key,
        {{ record_id('person', ['cohort.authority', 'cohort.person_key']) }} as record_id,
        home.district,
        cohort.day as start_date,
        {{ add_days('cohort.day', 1) }} as end_date,
        1 as quantity,
        cohort.day as valued_on,
        coalesce(home.kind_of_home, 'not_known') = 'staying_put' as in_numerator
    from fostered_cohort as cohort
    {{ join_home('cohort', 'cohort.day') }}
)

{{ measure_event('staying_put_share', 'events', share=true) }}
