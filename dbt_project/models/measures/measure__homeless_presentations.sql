with events as (
    select
        authority,
        person_key,
        record_id,
        district,
        application_on as start_date,
        cast(null as date) as end_date,
        1 as quantity,
        application_on as valued_on,
        category,
        agreement
    from {{ ref('fct_homelessness_presentation') }}
)

{{ measure_event('homeless_presentations', 'events', scope='protocol', own=['agreement', 'category']) }}
