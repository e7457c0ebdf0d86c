with records as (
    select
        authority,
        person_key,
        family,
        'letting' as source,
        kind_of_home,
        start_date,
        cast(null as date) as end_date,
        record_id,
        0 as tie_rank,
        district,
        route,
        scheme
    from {{ ref('fct_letting') }}
    union all
    select
        authority,
        person_key,
        family,
        'duty_end' as source,
        kind_of_home,
        start_date,
        cast(null as date) as end_date,
        record_id,
        0 as tie_rank,
        district,
        cast(null as string) as route,
        cast(null as string) as scheme
    from {{ ref('fct_duty_end') }}
    where is_counted
    union all
    select
        authority,
        person_key,
        family,
        'home' as source,
        kind_of_home,
        start_date,
        end_date,
        record_id,
        case when source = 'snapshot' then 1 else 0 end as tie_rank,
        district,
        cast(null as string) as route,
        cast(null as string) as scheme
    from {{ ref('fct_home') }}
    where start_recorded
),

numbered_records as (
    select
        row_number() over (
            order by authority, person_key, family, source, start_date, tie_rank, record_id
        ) as record_number,
        authority,
        person_key,
        family,
        source,
        kind_of_home,
        start_date,
        end_date,
        record_id,
        district,
        route,
        scheme
    from records
),

lettings as (
    select * from numbered_records
    where source = 'letting'
),

duty_ends as (
    select * from numbered_records
    where source = 'duty_end'
),

homes as (
    select * from numbered_records
    where source = 'home'
),

{{ join_nearest('duty_end_of_letting', 'lettings', 'duty_ends') }},

{{ join_nearest('home_of_letting', 'lettings', 'homes') }},

free_duty_ends as (
    select duty_ends.*
    from duty_ends
    left join duty_end_of_letting as joined
        on duty_ends.record_number = joined.candidate_number
    where joined.candidate_number is null
),

homes_left_by_lettings as (
    select homes.*
    from homes
    left join home_of_letting as joined
        on homes.record_number = joined.candidate_number
    where joined.candidate_number is null
),

{{ join_nearest('home_of_duty_end', 'free_duty_ends', 'homes_left_by_lettings') }},

free_homes as (
    select homes.*
    from homes_left_by_lettings as homes
    left join home_of_duty_end as joined
        on homes.record_number = joined.candidate_number
    where joined.candidate_number is null
),

members as (
    select
        lettings.record_number as anchor_number,
        lettings.record_number as letting_number,
        joined_duty_end.candidate_number as duty_end_number,
        joined_home.candidate_number as home_number
    from lettings
    left join duty_end_of_letting as joined_duty_end
        on lettings.record_number = joined_duty_end.anchor_number
    left join home_of_letting as joined_home
        on lettings.record_number = joined_home.anchor_number
    union all
    select
        free_duty_ends.record_number as anchor_number,
        cast(null as bigint) as letting_number,
        free_duty_ends.record_number as duty_end_number,
        joined_home.candidate_number as home_number
    from free_duty_ends
    left join home_of_duty_end as joined_home
        on free_duty_ends.record_number = joined_home.anchor_number
    union all
    select
        record_number as anchor_number,
        cast(null as bigint) as letting_number,
        cast(null as bigint) as duty_end_number,
        record_number as home_number
    from free_homes
)

select
    anchors.authority,
    anchors.person_key,
    anchors.record_id,
    anchors.source as anchor,
    anchors.family,
    anchors.kind_of_home,
    anchors.start_date,
    homes.end_date,
    case
        when lettings.district is not null then lettings.district
        when homes.district is not null then homes.district
        else duty_ends.district
    end as district,
    case
        when members.letting_number is not null then lettings.route
        when members.duty_end_number is not null then 'homelessness_duty'
        else 'not_known'
    end as route,
    coalesce(lettings.scheme, 'none') as scheme,
    case
        when members.home_number is null then 'housing_only'
        when members.letting_number is null and members.duty_end_number is null then 'case_system_only'
        else 'both_systems'
    end as agreement,
    lettings.record_id as letting_record_id,
    duty_ends.record_id as duty_end_record_id,
    homes.record_id as home_record_id,
    homes.kind_of_home as home_kind,
    homes.start_date as home_start_date
from members
inner join numbered_records as anchors
    on members.anchor_number = anchors.record_number
left join lettings
    on members.letting_number = lettings.record_number
left join duty_ends
    on members.duty_end_number = duty_ends.record_number
left join homes
    on members.home_number = homes.record_number
