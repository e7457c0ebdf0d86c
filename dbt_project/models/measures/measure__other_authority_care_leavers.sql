with events as (
    select
        authority,
        record_id,
        district,
        start_date,
        cast(null as date) as end_date,
        1 as quantity,
        whose,
        register
    from {{ ref('fct_other_authority_record') }}
)

{{ record_event('other_authority_care_leavers', 'events', own=['whose', 'register']) }}
