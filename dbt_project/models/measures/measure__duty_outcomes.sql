with events as (
    select
        authority,
        person_key,
        end_record_id as record_id,
        district,
        end_date as start_date,
        cast(null as date) as end_date,
        1 as quantity,
        end_date as valued_on,
        duty,
        duty || ':' || end_reason as outcome,
        into_private_sector
    from {{ ref('fct_duty') }}
    where end_date is not null
)

{{ measure_event('duty_outcomes', 'events', scope='protocol', own=['duty', 'outcome', 'into_private_sector']) }}
