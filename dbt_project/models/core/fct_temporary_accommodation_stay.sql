with nights_in_order as (
    select
        authority,
        person_key,
        stay_start_date,
        record_id,
        district,
        start_date,
        end_date,
        nights,
        row_number() over (partition by authority, person_key, stay_start_date order by start_date) as place
    from {{ ref('fct_temporary_accommodation_night') }}
),

stays as (
    select
        authority,
        person_key,
        stay_start_date,
        max(case when place = 1 then record_id end) as record_id,
        max(case when place = 1 then district end) as district,
        min(start_date) as entry_date,
        max(end_date) as exit_date,
        sum(nights) as nights
    from nights_in_order
    group by authority, person_key, stay_start_date
),

-- A placement counts towards the stay's tier and sources if it covers a night in scope, whoever owns that night.
covering_placements as (
    select
        placement.authority,
        placement.person_key,
        placement.stay_start_date,
        max(case when placement.tier = 'district' then 1 else 0 end) as has_district,
        max(case when placement.tier = 'county' then 1 else 0 end) as has_county,
        max(case when placement.source = 'homelessness' then 1 else 0 end) as has_homelessness,
        max(case when placement.source = 'form' then 1 else 0 end) as has_form
    from {{ ref('fct_temporary_accommodation_placement') }} as placement
    inner join {{ ref('fct_scope') }} as scope
        on
            placement.authority = scope.authority
            and placement.person_key = scope.person_key
            and scope.scope = 'protocol_or_due_to_leave'
            and placement.entry_date < scope.end_date
            and placement.capped_exit_date > scope.start_date
    where placement.stay_start_date is not null
    group by placement.authority, placement.person_key, placement.stay_start_date
),

stays_before as (
    select
        stays.authority,
        stays.person_key,
        stays.stay_start_date,
        count(*) as stays_in_12_months
    from stays
    inner join stays as earlier
        on
            stays.authority = earlier.authority
            and stays.person_key = earlier.person_key
            and earlier.entry_date < stays.entry_date
            and earlier.entry_date >= {{ add_months('stays.entry_date', -12) }}
    group by stays.authority, stays.person_key, stays.stay_start_date
)

select
    stays.authority,
    stays.person_key,
    stays.stay_start_date,
    stays.record_id,
    stays.district,
    stays.entry_date,
    stays.exit_date,
    stays.nights,
    1 + coalesce(stays_before.stays_in_12_months, 0) as ordinal,
    case
        when covering.has_district = 1 and covering.has_county = 1 then 'both'
        when covering.has_county = 1 then 'county'
        else 'district'
    end as tier,
    case
        when covering.has_homelessness = 1 and covering.has_form = 1 then 'both_systems'
        when covering.has_form = 1 then 'case_system_only'
        else 'housing_only'
    end as agreement
from stays
inner join covering_placements as covering
    on
        stays.authority = covering.authority
        and stays.person_key = covering.person_key
        and stays.stay_start_date = covering.stay_start_date
left join stays_before
    on
        stays.authority = stays_before.authority
        and stays.person_key = stays_before.person_key
        and stays.stay_start_date = stays_before.stay_start_date
