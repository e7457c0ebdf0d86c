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
    where kind_of_home = 'student_home'
)

{{ measure_event('student_home_moves', 'events', scope='protocol', own=['agreement']) }}
