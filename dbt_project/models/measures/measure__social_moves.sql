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
        agreement,
        route,
        scheme
    from {{ ref('fct_move') }}
    where kind_of_home = 'social_general_needs'
)

{{ measure_event('social_moves', 'events', scope='protocol', own=['agreement', 'route', 'scheme']) }}
