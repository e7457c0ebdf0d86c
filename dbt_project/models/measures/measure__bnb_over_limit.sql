-- Of all a stay's homelessness placements the first, whose case tells of the household.
with ranked_placements as (
    select
        placement.authority,
        placement.person_key,
        placement.stay_start_date,
        cases.household_type,
        row_number() over (
            partition by placement.authority, placement.person_key, placement.stay_start_date
            order by placement.entry_date asc, placement.district asc nulls last, placement.record_id asc
        ) as place
    from {{ ref('fct_temporary_accommodation_placement') }} as placement
    inner join {{ ref('fct_homelessness_case') }} as cases
        on placement.case_record_id = cases.record_id
    where placement.stay_start_date is not null
),

passed as (
    {% for limit in [3, 42] -%}
        select
            authority,
            person_key,
            stay_start_date,
            record_id,
            district,
            {{ add_days('entry_date', limit) }} as start_date,
            '{{ limit }}' as limit_nights,
            agreement,
            tier,
            ordinal
        from {{ ref('fct_temporary_accommodation_stay') }}
        where {{ add_days('entry_date', limit) }} < exit_date
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

events as (
    select
        passed.authority,
        passed.person_key,
        passed.record_id,
        passed.district,
        passed.start_date,
        cast(null as date) as end_date,
        1 as quantity,
        passed.start_date as valued_on,
        passed.agreement,
        passed.tier,
        passed.limit_nights,
        case when passed.ordinal >= 3 then '3_or_more' else cast(passed.ordinal as string) end as ordinal,
        case
            when coalesce(placement.household_type, 'not_known') = 'not_known' then 'not_known'
            when
                placement.household_type like 'single_parent_%'
                or placement.household_type in ('couple_children', 'three_adults_children')
                then 'yes'
            else 'no'
        end as dependent_children
    from passed
    left join ranked_placements as placement
        on
            passed.authority = placement.authority
            and passed.person_key = placement.person_key
            and passed.stay_start_date = placement.stay_start_date
            and placement.place = 1
)

{{ measure_event(
    'bnb_over_limit', 'events', scope='protocol_or_due_to_leave', own=['agreement', 'tier', 'ordinal', 'limit_nights', 'dependent_children']
) }}
