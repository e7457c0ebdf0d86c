with ssd_placements as (
    select
        authority,
        person_id,
        {{ record_id('care_placement', ['authority', 'placement_id']) }} as record_id,
        'ssd' as source,
        placement_type,
        postcode,
        start_date,
        end_date,
        end_date is null as is_open,
        data_date,
        load_id,
        row_number
    from {{ ref('stg_case_system__ssd_cla_placement') }}
),

-- An episode ends no later than the child's next one begins.
episodes as (
    select
        authority,
        person_id,
        start_date,
        least(
            coalesce(end_date, {{ end_of_time() }}),
            coalesce(
                lead(start_date) over (partition by authority, person_id order by start_date), {{ end_of_time() }}
            )
        ) as end_date,
        start_reason,
        placement_type,
        postcode,
        data_date,
        load_id,
        row_number
    from {{ ref('stg_case_system__ssda903_episodes') }}
),

marked_episodes as (
    select
        authority,
        person_id,
        start_date,
        end_date,
        placement_type,
        postcode,
        data_date,
        load_id,
        row_number,
        case
            when
                start_reason = 'L'
                and lag(end_date) over (partition by authority, person_id order by start_date) = start_date
                then 0
            else 1
        end as begins_placement
    from episodes
),

numbered_episodes as (
    select
        authority,
        person_id,
        start_date,
        end_date,
        placement_type,
        postcode,
        data_date,
        load_id,
        row_number,
        sum(begins_placement) over (
            partition by authority, person_id
            order by start_date
            rows between unbounded preceding and current row
        ) as placement_number
    from marked_episodes
),

episodes_of_placement as (
    select
        authority,
        person_id,
        placement_number,
        start_date,
        end_date,
        placement_type,
        postcode,
        data_date,
        load_id,
        row_number,
        row_number() over (partition by authority, person_id, placement_number order by start_date) as place,
        row_number() over (partition by authority, person_id, placement_number order by start_date desc)
            as place_from_end
    from numbered_episodes
),

first_given as (
    select
        authority,
        person_id,
        placement_number,
        min(case when placement_type is not null then place end) as placement_type_place,
        min(case when postcode is not null then place end) as postcode_place
    from episodes_of_placement
    group by authority, person_id, placement_number
),

returned_placements as (
    select
        episode.authority,
        episode.person_id,
        episode.placement_number,
        max(case when episode.place = first_given.placement_type_place then episode.placement_type end)
            as placement_type,
        max(case when episode.place = first_given.postcode_place then episode.postcode end) as postcode,
        min(episode.start_date) as start_date,
        max(case when episode.place_from_end = 1 then episode.end_date end) as end_date,
        max(case when episode.place_from_end = 1 then episode.data_date end) as data_date,
        max(case when episode.place_from_end = 1 then episode.load_id end) as load_id,
        max(case when episode.place_from_end = 1 then episode.row_number end) as row_number
    from episodes_of_placement as episode
    inner join first_given
        on
            episode.authority = first_given.authority
            and episode.person_id = first_given.person_id
            and episode.placement_number = first_given.placement_number
    group by episode.authority, episode.person_id, episode.placement_number
),

ssda903_placements as (
    select
        placement.authority,
        placement.person_id,
        {{ record_id('care_placement', [
            'placement.authority', "'ssda903'", 'placement.person_id', 'placement.start_date'
        ]) }} as record_id,
        'ssda903' as source,
        placement.placement_type,
        placement.postcode,
        placement.start_date,
        case when placement.end_date < {{ end_of_time() }} then placement.end_date end as end_date,
        placement.end_date = {{ end_of_time() }} and placement.load_id = dim_extract.latest_load_id as is_open,
        placement.data_date,
        placement.load_id,
        placement.row_number
    from returned_placements as placement
    inner join {{ ref('dim_extract') }} as dim_extract
        on
            placement.authority = dim_extract.sender
            and dim_extract.family = 'case_system'
            and dim_extract.extract_name = 'ssda903_episodes'
),

list_8_placements as (
    {{ spans_of_list_8('placement_started_on', ['placement_type', 'postcode']) }}
),

annex_a_placements as (
    select
        authority,
        person_id,
        {{ record_id('care_placement', ['authority', "'annex_a'", 'person_id', 'start_date']) }} as record_id,
        'annex_a' as source,
        placement_type,
        postcode,
        start_date,
        end_date,
        end_date is null as is_open,
        data_date,
        load_id,
        row_number
    from list_8_placements
),

united as (
    select * from ssd_placements
    union all
    select * from ssda903_placements
    union all
    select * from annex_a_placements
)

select
    united.authority,
    alias.person_key,
    united.record_id,
    united.source,
    united.placement_type,
    united.postcode,
    united.start_date,
    coalesce(united.end_date, {{ add_days('united.data_date', 1) }}) as end_date,
    united.is_open,
    united.data_date,
    united.load_id,
    united.row_number
from united
inner join {{ ref('stg_identity__person_alias') }} as alias
    on
        united.authority = alias.authority
        and united.person_id = alias.person_id
where united.end_date is null or united.end_date > united.start_date
