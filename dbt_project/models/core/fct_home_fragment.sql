{%- set kept = [
    'authority', 'person_key', 'record_id', 'source', 'kind_of_home', 'postcode', 'district', 'is_open',
    'start_recorded', 'data_date', 'span_end_date'
] -%}

with form_spells as (
    select
        row_number() over (order by authority, record_id) as span_number,
        authority,
        person_key,
        record_id,
        'form' as source,
        kind_of_home,
        postcode,
        district,
        is_open,
        true as start_recorded,
        data_date,
        start_date,
        case when is_open then {{ end_of_time() }} else end_date end as end_date
    from {{ ref('fct_form_spell') }}
),

-- The last day that a snapshot spell can speak for is that of the authority's latest snapshot.
snapshot_spells as (
    select
        row_number() over (order by spell.authority, spell.record_id) as span_number,
        spell.authority,
        spell.person_key,
        spell.record_id,
        'snapshot' as source,
        spell.kind_of_home,
        spell.postcode,
        spell.district,
        spell.is_open,
        spell.start_recorded,
        dim_extract.latest_data_date as data_date,
        spell.start_date,
        case when spell.is_open then {{ end_of_time() }} else spell.end_date end as end_date,
        case when spell.is_open then {{ end_of_time() }} else spell.end_date end as span_end_date
    from {{ ref('fct_snapshot_spell') }} as spell
    inner join {{ ref('dim_extract') }} as dim_extract
        on
            spell.authority = dim_extract.sender
            and dim_extract.family = 'case_system'
            and dim_extract.extract_name = 'care_leavers'
),

-- What takes days away ends, while open, after its data date; what has days taken away stays open.
form_cover as (
    select
        authority,
        person_key,
        start_date,
        end_date
    from {{ ref('fct_form_spell') }}
),

form_days as (
    {{ merge_spans('form_cover', ['authority', 'person_key']) }}
),

care_cover as (
    select
        authority,
        person_key,
        start_date,
        end_date
    from {{ ref('fct_care_placement') }}
),

care_days as (
    {{ merge_spans('care_cover', ['authority', 'person_key']) }}
),

snapshot_without_form as (
    {{ subtract_spans('snapshot_spells', 'form_days', by=['authority', 'person_key'], keep=kept) }}
),

case_system_spells as (
    select
        authority,
        person_key,
        record_id,
        source,
        kind_of_home,
        postcode,
        district,
        is_open,
        start_recorded,
        data_date,
        start_date as span_start_date,
        start_date,
        end_date,
        end_date as span_end_date
    from form_spells
    union all
    select
        authority,
        person_key,
        record_id,
        source,
        kind_of_home,
        postcode,
        district,
        is_open,
        start_recorded,
        data_date,
        span_start_date,
        start_date,
        end_date,
        span_end_date
    from snapshot_without_form
),

numbered_spells as (
    select
        row_number() over (order by authority, record_id, start_date) as span_number,
        authority,
        person_key,
        record_id,
        source,
        kind_of_home,
        postcode,
        district,
        is_open,
        start_recorded and start_date = span_start_date as start_recorded,
        data_date,
        start_date,
        end_date,
        span_end_date
    from case_system_spells
),

outside_care as (
    {{ subtract_spans('numbered_spells', 'care_days', by=['authority', 'person_key'], keep=kept) }}
),

-- Only an end that was recorded begins a home; the capped end of an open placement is the end of what is known.
care_ends as (
    select distinct
        authority,
        person_key,
        end_date
    from {{ ref('fct_care_placement') }}
    where not is_open
),

fragments as (
    select
        outside_care.authority,
        outside_care.person_key,
        outside_care.record_id,
        outside_care.source,
        outside_care.kind_of_home,
        outside_care.postcode,
        outside_care.district,
        outside_care.start_date,
        outside_care.end_date,
        outside_care.is_open and outside_care.end_date = outside_care.span_end_date as is_open,
        outside_care.start_date <= outside_care.data_date
        and (
            care_ends.end_date is not null
            or (outside_care.start_recorded and outside_care.start_date = outside_care.span_start_date)
        ) as start_recorded
    from outside_care
    left join care_ends
        on
            outside_care.authority = care_ends.authority
            and outside_care.person_key = care_ends.person_key
            and outside_care.start_date = care_ends.end_date
    union all
    select
        authority,
        person_key,
        record_id,
        'care_placement' as source,
        kind_of_home,
        postcode,
        district,
        start_date,
        case when is_open then {{ end_of_time() }} else end_date end as end_date,
        is_open,
        true as start_recorded
    from {{ ref('fct_care_placement') }}
),

numbered_fragments as (
    select
        authority,
        person_key,
        record_id,
        source,
        kind_of_home,
        postcode,
        district,
        start_date,
        end_date,
        is_open,
        start_recorded,
        row_number() over (
            partition by authority, person_key, kind_of_home
            order by
                start_date,
                end_date,
                case when source = 'snapshot' then 1 else 0 end,
                record_id
        ) as fragment_number
    from fragments
),

{{ chain_fragments('numbered_fragments') }}

select
    authority,
    person_key,
    record_id,
    source,
    kind_of_home,
    chain_number,
    fragment_number,
    start_date,
    case when not is_open then end_date end as end_date,
    is_open,
    start_recorded,
    postcode,
    district
from chain_fragments
