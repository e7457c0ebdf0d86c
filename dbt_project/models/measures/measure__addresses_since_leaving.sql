with cohort as (
    {{ people_in_scope() }}
),

leavers as (
    select
        cohort.authority,
        cohort.person_key,
        cohort.day,
        max(care.end_date) as left_on
    from cohort
    inner join {{ ref('fct_period_of_care') }} as care
        on
            cohort.authority = care.authority
            and cohort.person_key = care.person_key
            and care.start_date <= cohort.day
    group by cohort.authority, cohort.person_key, cohort.day
    having max(coalesce(care.end_date, {{ end_of_time() }})) <= cohort.day
),

homes_begun as (
    select
        authority,
        person_key,
        start_date
    from {{ ref('fct_move') }}
    where
        family not in (
            'custody', 'staying_put', 'in_care_placement', 'bed_and_breakfast', 'temporary_or_emergency', 'not_known'
        )
    union all
    select
        authority,
        person_key,
        stay_start_date as start_date
    from {{ ref('fct_any_temporary_accommodation_placement') }}
    group by authority, person_key, stay_start_date
),

counted as (
    select
        leavers.authority,
        leavers.person_key,
        leavers.day,
        count(homes_begun.start_date) as homes
    from leavers
    left join homes_begun
        on
            leavers.authority = homes_begun.authority
            and leavers.person_key = homes_begun.person_key
            and homes_begun.start_date >= leavers.left_on
            and homes_begun.start_date <= leavers.day
    group by leavers.authority, leavers.person_key, leavers.day
),

events as (
    select
        counted.authority,
        counted.person_key,
        {{ record_id('person', ['counted.authority', 'counted.person_key']) }} as record_id,
        home.district,
        counted.day as start_date,
        {{ add_days('counted.day', 1) }} as end_date,
        counted.homes as quantity,
        counted.day as valued_on,
        case when counted.homes >= 3 then '3_or_more' else cast(counted.homes as string) end as homes_begun,
        counted.homes >= 3 as in_numerator
    from counted
    {{ join_home('counted', 'counted.day') }}
)

{{ measure_event('addresses_since_leaving', 'events', own=['homes_begun'], share=true) }}
