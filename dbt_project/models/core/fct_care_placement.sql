with placements as (
    select
        row_number() over (order by placement.authority, placement.placement_id) as span_number,
        placement.authority,
        alias.person_key,
        {{ record_id('care_placement', ['placement.authority', 'placement.placement_id']) }} as record_id,
        placement.postcode,
        placement.placement_type,
        placement.start_date,
        coalesce(placement.end_date, {{ add_days('placement.data_date', 1) }}) as end_date,
        placement.end_date is null as is_open,
        placement.data_date,
        placement.load_id,
        placement.row_number
    from {{ ref('stg_case_system__ssd_cla_placement') }} as placement
    inner join {{ ref('stg_identity__person_alias') }} as alias
        on
            placement.authority = alias.authority
            and placement.person_id = alias.person_id
),

postcode_districts as (
    {{ district_of_postcode('placements', 'span_number', 'postcode', 'start_date') }}
)

select
    placements.authority,
    placements.person_key,
    placements.record_id,
    'in_care_placement' as kind_of_home,
    placements.postcode,
    placements.placement_type,
    postcode_districts.district,
    placements.start_date,
    placements.end_date,
    placements.is_open,
    placements.data_date,
    placements.load_id,
    placements.row_number
from placements
left join postcode_districts
    on placements.span_number = postcode_districts.span_number
