-- An episode with an end in its file's future has none yet.
with episodes as (
    select
        authority,
        person_key,
        record_id,
        start_date,
        case
            when is_open or ends_after_file then {{ end_of_time() }}
            else end_date
        end as end_date,
        load_id,
        row_number
    from {{ ref('fct_care_episode') }}
    where start_date <= data_date
),

episodes_in_order as (
    select
        authority,
        person_key,
        record_id,
        start_date,
        end_date,
        load_id,
        row_number,
        case
            when start_date <= max(end_date) over (
                partition by authority, person_key
                order by start_date, record_id
                rows between unbounded preceding and 1 preceding
            ) then 0
            else 1
        end as begins_period
    from episodes
    where start_date < end_date
),

numbered_episodes as (
    select
        authority,
        person_key,
        record_id,
        start_date,
        end_date,
        load_id,
        row_number,
        begins_period,
        sum(begins_period) over (
            partition by authority, person_key
            order by start_date, record_id
            rows between unbounded preceding and current row
        ) as period_number
    from episodes_in_order
),

islands as (
    select
        authority,
        person_key,
        period_number,
        max(end_date) as end_date
    from numbered_episodes
    group by authority, person_key, period_number
),

periods as (
    select
        row_number() over (order by first_episode.authority, first_episode.record_id) as period_of_care_number,
        first_episode.authority,
        first_episode.person_key,
        first_episode.record_id,
        first_episode.start_date,
        islands.end_date,
        first_episode.load_id,
        first_episode.row_number
    from numbered_episodes as first_episode
    inner join islands
        on
            first_episode.authority = islands.authority
            and first_episode.person_key = islands.person_key
            and first_episode.period_number = islands.period_number
    where first_episode.begins_period = 1
),

-- The last home before the period of care: that of the address which began last before it.
ranked_addresses as (
    select
        periods.period_of_care_number,
        periods.start_date as day,
        address.postcode,
        row_number() over (
            partition by periods.period_of_care_number
            order by address.start_date desc, address.address_id asc
        ) as place
    from periods
    inner join {{ ref('stg_identity__person_alias') }} as alias
        on
            periods.authority = alias.authority
            and periods.person_key = alias.person_key
    inner join {{ ref('stg_case_system__ssd_address') }} as address
        on
            alias.authority = address.authority
            and alias.person_id = address.person_id
            and address.start_date < periods.start_date
),

homes_before as (
    select
        period_of_care_number,
        day,
        postcode
    from ranked_addresses
    where place = 1
),

home_districts as (
    {{ district_of_postcode('homes_before', 'period_of_care_number', 'postcode', 'day') }}
)

select
    periods.authority,
    periods.person_key,
    periods.record_id,
    periods.start_date,
    case when periods.end_date < {{ end_of_time() }} then periods.end_date end as end_date,
    home_districts.district as home_district,
    periods.load_id,
    periods.row_number
from periods
left join home_districts
    on periods.period_of_care_number = home_districts.period_of_care_number
