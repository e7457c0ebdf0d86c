with hosted as (
    select
        milestone.authority,
        milestone.person_key,
        milestone.placement_record_id as record_id,
        milestone.placement_district as host_district,
        care.home_district as origin_district,
        milestone.day
    from {{ ref('fct_care_milestone') }} as milestone
    inner join {{ ref('fct_care_at_16') }} as care
        on
            milestone.authority = care.authority
            and milestone.person_key = care.person_key
            and milestone.day >= care.start_date
            and milestone.day < coalesce(care.end_date, {{ end_of_time() }})
    where
        milestone.age = 16
        and milestone.placement_area = milestone.placement_district
        and milestone.placement_district <> care.home_district
),

registrations as (
    select
        hosted.authority,
        hosted.record_id,
        min(case when application.district = hosted.host_district then application.registered_on end) as in_host,
        min(case when application.district = hosted.origin_district then application.registered_on end) as in_origin
    from hosted
    inner join {{ ref('fct_application') }} as application
        on
            hosted.authority = application.authority
            and hosted.person_key = application.person_key
    group by hosted.authority, hosted.record_id
),

promises as (
    select
        hosted.authority,
        hosted.person_key,
        hosted.record_id,
        hosted.host_district as district,
        hosted.day as trigger_date,
        {{ add_months('hosted.day', 3) }} as due_date,
        case
            when registrations.in_host is not null and registrations.in_origin is not null
                then greatest(registrations.in_host, registrations.in_origin)
        end as met_date
    from hosted
    left join registrations
        on
            hosted.authority = registrations.authority
            and hosted.record_id = registrations.record_id
),

{{ obligation('both_registers', 'promises', area='given') }}
