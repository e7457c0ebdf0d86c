with ssd_episodes as (
    select
        authority,
        person_id,
        {{ record_id('ssd_cla_episodes', ['authority', 'episode_id']) }} as record_id,
        'ssd' as source,
        start_date,
        end_date,
        true as is_latest,
        data_date,
        load_id,
        row_number
    from {{ ref('stg_case_system__ssd_cla_episodes') }}
),

ssda903_episodes as (
    select
        episode.authority,
        episode.person_id,
        {{ record_id('ssda903_episodes', ['episode.authority', 'episode.person_id', 'episode.start_date']) }}
            as record_id,
        'ssda903' as source,
        episode.start_date,
        case
            when episode.end_date is null or episode.end_date > episode.next_start_date then episode.next_start_date
            else episode.end_date
        end as end_date,
        episode.load_id = dim_extract.latest_load_id as is_latest,
        episode.data_date,
        episode.load_id,
        episode.row_number
    from (
        select
            authority,
            person_id,
            start_date,
            end_date,
            lead(start_date) over (partition by authority, person_id order by start_date) as next_start_date,
            data_date,
            load_id,
            row_number
        from {{ ref('stg_case_system__ssda903_episodes') }}
    ) as episode
    inner join {{ ref('dim_extract') }} as dim_extract
        on
            episode.authority = dim_extract.sender
            and dim_extract.family = 'case_system'
            and dim_extract.extract_name = 'ssda903_episodes'
),

list_8_episodes as (
    {{ spans_of_list_8('care_started_on', []) }}
),

annex_a_episodes as (
    select
        authority,
        person_id,
        {{ record_id('annex_a_list_8', ['authority', 'person_id', 'start_date']) }} as record_id,
        'annex_a' as source,
        start_date,
        end_date,
        true as is_latest,
        data_date,
        load_id,
        row_number
    from list_8_episodes
),

united as (
    select * from ssd_episodes
    union all
    select * from ssda903_episodes
    union all
    select * from annex_a_episodes
),

stated as (
    select
        united.authority,
        alias.person_key,
        united.record_id,
        united.source,
        united.start_date,
        case
            when united.end_date is not null then united.end_date
            when united.is_latest then {{ end_of_time() }}
            else {{ add_days('united.data_date', 1) }}
        end as end_date,
        united.end_date as stated_end_date,
        united.data_date,
        united.load_id,
        united.row_number
    from united
    inner join {{ ref('stg_identity__person_alias') }} as alias
        on
            united.authority = alias.authority
            and united.person_id = alias.person_id
),

covering as (
    select * from stated
    where start_date < end_date
),

spoken_for as (
    {{ spoken_for('covering', keep=['record_id', 'stated_end_date', 'load_id', 'row_number']) }}
)

select
    authority,
    person_key,
    record_id,
    source,
    start_date,
    case when end_date < {{ end_of_time() }} then end_date end as end_date,
    end_date = {{ end_of_time() }} as is_open,
    coalesce(end_date = stated_end_date and stated_end_date > data_date, false) as ends_after_file,
    data_date,
    load_id,
    row_number
from spoken_for
