with district_placements as (
    select
        person.authority,
        cases.person_key,
        {{ record_id('placement', ['placement.district', 'placement.case_ref', 'placement.placement_ref']) }}
            as record_id,
        cases.record_id as case_record_id,
        'homelessness' as source,
        'district' as tier,
        placement.accommodation_type,
        case
            when placement.accommodation_type is null then 'temporary_or_emergency'
            else accommodation_type.kind_of_home
        end as kind_of_home,
        placement.district,
        coalesce(placement.placed_in_gss, placement.district) as home_district,
        placement.entry_on as entry_date,
        placement.exit_on as exit_date,
        least(
            coalesce(placement.exit_on, {{ end_of_time() }}), {{ add_days('placement.data_date', 1) }}
        ) as capped_exit_date,
        placement.exit_on is null or placement.exit_on > placement.data_date as is_capped,
        placement.load_id,
        placement.row_number
    from {{ ref('stg_homelessness__placements') }} as placement
    inner join {{ ref('fct_homelessness_case') }} as cases
        on
            placement.district = cases.district
            and placement.case_ref = cases.case_ref
    inner join {{ ref('dim_person') }} as person
        on cases.person_key = person.person_key
    left join {{ ref('temporary_accommodation_type') }} as accommodation_type
        on placement.accommodation_type = accommodation_type.code
),

form_placements as (
    select
        authority,
        person_key,
        record_id,
        cast(null as string) as case_record_id,
        'form' as source,
        placed_by as tier,
        case accommodation_code when 'W' then 'bed_and_breakfast' else 'other' end as accommodation_type,
        kind_of_home,
        district,
        district as home_district,
        start_date as entry_date,
        case when not is_open then end_date end as exit_date,
        least(end_date, {{ add_days('data_date', 1) }}) as capped_exit_date,
        end_date > data_date as is_capped,
        load_id,
        row_number
    from {{ ref('fct_form_spell') }}
    where
        accommodation_code in ('V', 'W')
        and placed_by in ('county', 'district')
),

placements as (
    select * from district_placements
    union all
    select * from form_placements
),

bed_and_breakfast as (
    select * from placements
    where accommodation_type = 'bed_and_breakfast'
),

owned as (
    {{ own_nights('bed_and_breakfast') }}
)

select
    placements.authority,
    placements.person_key,
    placements.record_id,
    placements.case_record_id,
    placements.source,
    placements.tier,
    placements.accommodation_type,
    placements.kind_of_home,
    placements.district,
    placements.home_district,
    placements.entry_date,
    placements.exit_date,
    placements.capped_exit_date,
    placements.is_capped,
    owned.owns_from,
    owned.stay_start_date,
    placements.load_id,
    placements.row_number
from placements
left join owned
    on
        placements.authority = owned.authority
        and placements.record_id = owned.record_id
