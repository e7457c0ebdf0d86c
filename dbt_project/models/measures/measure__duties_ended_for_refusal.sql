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
        refusal
    from {{ ref('fct_duty') }}
    where refusal is not null
)

{{ measure_event('duties_ended_for_refusal', 'events', scope='protocol', own=['duty', 'refusal']) }}
