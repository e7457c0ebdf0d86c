with events as (
    select
        authority,
        person_key,
        record_id,
        district,
        entry_date as start_date,
        exit_date as end_date,
        1 as quantity,
        entry_date as valued_on,
        agreement,
        tier,
        case when ordinal >= 3 then '3_or_more' else cast(ordinal as string) end as ordinal
    from {{ ref('fct_temporary_accommodation_stay') }}
)

{{ measure_event('bnb_stays', 'events', own=['agreement', 'tier', 'ordinal']) }}
