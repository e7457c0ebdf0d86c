with cohort as (
    {{ people_in_scope() }}
),

events as (
    select
        cohort.authority,
        cohort.person_key,
        home.record_id,
        home.district,
        cohort.day as start_date,
        {{ add_days('cohort.day', 1) }} as end_date,
        1 as quantity,
        cohort.day as valued_on,
        home.kind_of_home,
        home.home_start_date <= {{ add_months('cohort.day', -12) }} as in_numerator
    from cohort
    {{ join_home('cohort', 'cohort.day') }}
    where
        home.kind_of_home not in (
            'not_known', 'custody', 'bed_and_breakfast', 'temporary_or_emergency', 'no_fixed_abode'
        )
)

{{ measure_event('settled_12_months', 'events', own=['kind_of_home'], share=true) }}
