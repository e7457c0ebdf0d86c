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
        'case_system_only' as agreement
    from {{ ref('fct_case_system_presentation') }}
    where is_counted
)

{{ measure_event('homeless_presentations_case_system_only', 'events', scope='protocol', own=['agreement']) }}
