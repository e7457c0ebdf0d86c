with stated as (
    select
        authority,
        person_key,
        record_id,
        source,
        placement_type,
        postcode,
        start_date,
        case when is_open then {{ end_of_time() }} else end_date end as end_date,
        is_open,
        data_date,
        load_id,
        row_number
    from {{ ref('fct_care_placement_row') }}
),

spoken_for as (
    {{ spoken_for('stated', keep=['record_id', 'placement_type', 'postcode', 'is_open', 'load_id', 'row_number']) }}
),

placements as (
    select
        row_number() over (order by authority, record_id) as span_number,
        authority,
        person_key,
        record_id,
        source,
        placement_type,
        postcode,
        start_date,
        case
            when is_open and not is_cut then {{ add_days('data_date', 1) }}
            else end_date
        end as end_date,
        is_open and not is_cut as is_open,
        data_date,
        load_id,
        row_number
    from spoken_for
),

postcode_districts as (
    {{ district_of_postcode('placements', 'span_number', 'postcode', 'start_date') }}
)

select
    placements.authority,
    placements.person_key,
    placements.record_id,
    placements.source,
    'in_care_placement' as kind_of_home,
    placements.placement_type,
    placements.postcode,
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
