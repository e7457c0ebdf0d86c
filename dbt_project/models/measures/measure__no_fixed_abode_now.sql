with cohort as (
    {{ people_in_scope(['month', 'quarter']) }}
),

ranked_fragments as (
    select
        cohort.authority,
        cohort.person_key,
        cohort.day,
        fragment.record_id,
        fragment.district,
        row_number() over (
            partition by cohort.authority, cohort.person_key, cohort.day
            order by fragment.start_date asc, fragment.fragment_number asc
        ) as place
    from cohort
    inner join {{ ref('fct_no_fixed_abode') }} as fragment
        on
            cohort.authority = fragment.authority
            and cohort.person_key = fragment.person_key
            and cohort.day >= fragment.start_date
            and cohort.day < fragment.end_date
),

events as (
    select
        authority,
        person_key,
        record_id,
        district,
        day as start_date,
        {{ add_days('day', 1) }} as end_date,
        1 as quantity,
        day as valued_on
    from ranked_fragments
    where place = 1
)

{{ measure_event('no_fixed_abode_now', 'events') }}
