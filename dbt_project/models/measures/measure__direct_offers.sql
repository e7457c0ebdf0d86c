with events as (
    select
        authority,
        person_key,
        record_id,
        offer_district as district,
        start_date,
        cast(null as date) as end_date,
        1 as quantity,
        start_date as valued_on,
        scheme
    from {{ ref('fct_letting') }}
    where route = 'direct'
)

{{ measure_event('direct_offers', 'events', scope='protocol', own=['scheme']) }}
