with snapshots as (
    select
        authority,
        person_key,
        data_date,
        snapshot_number,
        previous_data_date,
        next_data_date,
        kind_of_home,
        suitability,
        load_id,
        row_number,
        lag(snapshot_number) over (partition by authority, person_key order by snapshot_number) as last_seen_number,
        lag(kind_of_home) over (partition by authority, person_key order by snapshot_number) as last_kind_of_home
    from {{ ref('fct_care_snapshot') }}
),

numbered_snapshots as (
    select
        authority,
        person_key,
        data_date,
        previous_data_date,
        next_data_date,
        kind_of_home,
        suitability,
        load_id,
        row_number,
        last_seen_number,
        sum(
            case
                when last_seen_number = snapshot_number - 1 and last_kind_of_home = kind_of_home then 0
                else 1
            end
        ) over (
            partition by authority, person_key
            order by snapshot_number
            rows between unbounded preceding and current row
        ) as spell_number
    from snapshots
),

spell_snapshots as (
    select
        authority,
        person_key,
        spell_number,
        kind_of_home,
        min(data_date) as first_data_date,
        max(data_date) as last_data_date
    from numbered_snapshots
    where kind_of_home is not null
    group by authority, person_key, spell_number, kind_of_home
),

spells as (
    select
        row_number() over (
            order by spell_snapshots.authority, spell_snapshots.person_key, spell_snapshots.spell_number
        ) as span_number,
        spell_snapshots.authority,
        spell_snapshots.person_key,
        spell_snapshots.kind_of_home,
        first_row.last_seen_number is null as is_first_snapshot,
        first_row.previous_data_date as day_before_change,
        first_row.data_date as first_data_date,
        first_row.suitability,
        first_row.load_id,
        first_row.row_number,
        last_row.data_date as last_data_date,
        last_row.next_data_date
    from spell_snapshots
    inner join numbered_snapshots as first_row
        on
            spell_snapshots.authority = first_row.authority
            and spell_snapshots.person_key = first_row.person_key
            and spell_snapshots.first_data_date = first_row.data_date
    inner join numbered_snapshots as last_row
        on
            spell_snapshots.authority = last_row.authority
            and spell_snapshots.person_key = last_row.person_key
            and spell_snapshots.last_data_date = last_row.data_date
),

addresses as (
    select
        alias.authority,
        alias.person_key,
        address.address_id,
        address.start_date,
        address.end_date,
        address.postcode
    from {{ ref('stg_case_system__ssd_address') }} as address
    inner join {{ ref('stg_identity__person_alias') }} as alias
        on
            address.authority = alias.authority
            and address.person_id = alias.person_id
),

-- A change between two snapshots is dated by an address that starts between them, else by the later snapshot.
address_changes as (
    select
        spells.span_number,
        max(
            case
                when
                    not spells.is_first_snapshot
                    and addresses.start_date > spells.day_before_change
                    and addresses.start_date <= spells.first_data_date
                    then addresses.start_date
            end
        ) as starts_with_address,
        max(
            case
                when addresses.start_date > spells.last_data_date and addresses.start_date <= spells.next_data_date
                    then addresses.start_date
            end
        ) as ends_with_address
    from spells
    inner join addresses
        on
            spells.authority = addresses.authority
            and spells.person_key = addresses.person_key
    group by spells.span_number
),

dated_spells as (
    select
        spells.span_number,
        spells.authority,
        spells.person_key,
        spells.kind_of_home,
        spells.is_first_snapshot,
        spells.day_before_change,
        address_changes.starts_with_address,
        spells.first_data_date,
        spells.suitability,
        spells.load_id,
        spells.row_number,
        spells.last_data_date as data_date,
        spells.next_data_date is null as is_open,
        coalesce(address_changes.starts_with_address, spells.first_data_date) as start_date,
        coalesce(
            address_changes.ends_with_address,
            spells.next_data_date,
            {{ add_days('spells.last_data_date', 1) }}
        ) as end_date
    from spells
    left join address_changes
        on spells.span_number = address_changes.span_number
),

ranked_addresses as (
    select
        dated_spells.span_number,
        addresses.postcode,
        row_number() over (
            partition by dated_spells.span_number
            order by addresses.start_date desc, addresses.address_id asc
        ) as place
    from dated_spells
    inner join addresses
        on
            dated_spells.authority = addresses.authority
            and dated_spells.person_key = addresses.person_key
            and addresses.start_date <= dated_spells.start_date
            and coalesce(addresses.end_date, {{ end_of_time() }}) > dated_spells.start_date
),

placed_spells as (
    select
        dated_spells.span_number,
        dated_spells.authority,
        dated_spells.person_key,
        dated_spells.kind_of_home,
        dated_spells.is_first_snapshot,
        dated_spells.day_before_change,
        dated_spells.starts_with_address,
        dated_spells.first_data_date,
        dated_spells.suitability,
        dated_spells.load_id,
        dated_spells.row_number,
        dated_spells.data_date,
        dated_spells.is_open,
        dated_spells.start_date,
        dated_spells.end_date,
        ranked_addresses.postcode
    from dated_spells
    left join ranked_addresses
        on
            dated_spells.span_number = ranked_addresses.span_number
            and ranked_addresses.place = 1
),

postcode_districts as (
    {{ district_of_postcode('placed_spells', 'span_number', 'postcode', 'start_date') }}
)

select
    placed_spells.authority,
    placed_spells.person_key,
    {{ record_id('snapshot', ['placed_spells.authority', 'placed_spells.person_key', 'placed_spells.start_date']) }}
        as record_id,
    placed_spells.kind_of_home,
    placed_spells.suitability as first_suitability,
    placed_spells.postcode,
    postcode_districts.district,
    placed_spells.start_date,
    placed_spells.end_date,
    placed_spells.is_open,
    not placed_spells.is_first_snapshot as start_recorded,
    case
        when placed_spells.starts_with_address is not null then placed_spells.starts_with_address
        when not placed_spells.is_first_snapshot then {{ add_days('placed_spells.day_before_change', 1) }}
    end as earliest_start,
    placed_spells.start_date as latest_start,
    placed_spells.first_data_date,
    placed_spells.data_date,
    placed_spells.load_id,
    placed_spells.row_number
from placed_spells
left join postcode_districts
    on placed_spells.span_number = postcode_districts.span_number
