with events as (
    select
        authority,
        person_key,
        record_id,
        district,
        bid_on as start_date,
        cast(null as date) as end_date,
        1 as quantity,
        bid_on as valued_on,
        scheme
    from {{ ref('fct_bid') }}
)

{{ measure_event('bidding_people', 'events', scope='protocol', own=['scheme']) }}
