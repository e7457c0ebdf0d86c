with dated as (
    select
        application.authority,
        application.person_key,
        registration.record_id,
        application.district,
        application.registered_on,
        application.closed_on,
        registration.trigger_date,
        {{ add_months('registration.trigger_date', 12) }} as due_date,
        registration.next_date as met_date,
        clock.as_at
    from {{ ref('fct_registration_date') }} as registration
    inner join {{ ref('fct_application') }} as application
        on registration.application_record_id = application.record_id
    inner join {{ ref('dim_clock') }} as clock
        on application.authority = clock.authority
),

-- What was never renewed is asked about only if the registration still stood when it fell due, or stands now.
promises as (
    select
        authority,
        person_key,
        record_id,
        district,
        trigger_date,
        due_date,
        met_date
    from dated
    where
        met_date is not null
        or (
            registered_on <= least(due_date, as_at)
            and (closed_on is null or closed_on > least(due_date, as_at))
        )
),

{{ obligation('register_renewed', 'promises', area='given') }}
