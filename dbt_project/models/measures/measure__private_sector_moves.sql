with events as (
    select
        authority,
        person_key,
        record_id,
        district,
        start_date,
        end_date,
        1 as quantity,
        start_date as valued_on,
        agreement
    from {{ ref('fct_move') }}
    where kind_of_home = 'private_rented'
)

{{ measure_event('private_sector_moves', 'events', scope='protocol', own=['agreement']) }}
