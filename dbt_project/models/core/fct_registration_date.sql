-- The day of registration and every renewal that any version of the application states, each with the next one.
with stated_dates as (
    select
        scheme,
        application_ref,
        record_id,
        registered_on as trigger_date,
        load_id,
        row_number
    from {{ ref('fct_application') }}
    union all
    select
        application.scheme,
        application.application_ref,
        application.record_id,
        version.renewed_on as trigger_date,
        version.load_id,
        version.row_number
    from {{ ref('fct_application') }} as application
    inner join {{ ref('fct_application_version') }} as version
        on application.record_id = version.record_id
    where version.renewed_on is not null
),

ranked_dates as (
    select
        scheme,
        application_ref,
        record_id,
        trigger_date,
        load_id,
        row_number,
        row_number() over (
            partition by record_id, trigger_date
            order by load_id, row_number
        ) as place
    from stated_dates
)

select
    {{ record_id('application', ['scheme', 'application_ref', 'trigger_date']) }} as record_id,
    record_id as application_record_id,
    trigger_date,
    lead(trigger_date) over (partition by record_id order by trigger_date) as next_date,
    load_id,
    row_number
from ranked_dates
where place = 1
