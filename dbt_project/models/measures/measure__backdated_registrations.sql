with events as (
    select
        authority,
        person_key,
        record_id,
        district,
        registered_on as start_date,
        cast(null as date) as end_date,
        1 as quantity,
        registered_on as valued_on,
        scheme
    from {{ ref('fct_application') }}
    where effective_on < registered_on
)

{{ measure_event('backdated_registrations', 'events', scope='protocol', own=['scheme']) }}
