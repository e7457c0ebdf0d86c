with events as (
    select
        authority,
        person_key,
        record_id,
        district,
        coalesce(responded_on, offered_on) as start_date,
        cast(null as date) as end_date,
        1 as quantity,
        coalesce(responded_on, offered_on) as valued_on,
        scheme,
        case
            when refusal_reasonable then 'yes'
            when not refusal_reasonable then 'no'
            else 'not_known'
        end as reasonable
    from {{ ref('fct_offer') }}
    where response = 'refused'
)

{{ measure_event('offers_refused', 'events', scope='protocol', own=['scheme', 'reasonable']) }}
