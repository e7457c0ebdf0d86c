with events as (
    select
        authority,
        person_key,
        record_id,
        district,
        start_date,
        cast(null as date) as end_date,
        1 as quantity,
        start_date as valued_on,
        duty
    from {{ ref('fct_duty') }}
    where start_date is not null
)

{{ measure_event('duties_owed', 'events', scope='protocol', own=['duty']) }}
