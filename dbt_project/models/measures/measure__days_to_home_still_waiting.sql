with cohort as (
    {{ people_in_scope() }}
),

ranked_applications as (
    select
        cohort.authority,
        cohort.person_key,
        cohort.day,
        application.record_id,
        application.district,
        application.registered_on,
        row_number() over (
            partition by cohort.authority, cohort.person_key, cohort.day
            order by application.registered_on, application.scheme, application.application_ref
        ) as place
    from cohort
    inner join {{ ref('fct_application') }} as application
        on
            cohort.authority = application.authority
            and cohort.person_key = application.person_key
            and application.registered_on <= cohort.day
            and coalesce(application.closed_on, {{ end_of_time() }}) > cohort.day
),

waiting as (
    select
        application.authority,
        application.person_key,
        application.day,
        application.record_id,
        application.district,
        application.registered_on,
        max(move.start_date) as moved_on
    from ranked_applications as application
    left join {{ ref('fct_move') }} as move
        on
            application.authority = move.authority
            and application.person_key = move.person_key
            and move.family = 'independent'
            and move.start_date >= application.registered_on
            and move.start_date <= application.day
    where application.place = 1
    group by
        application.authority,
        application.person_key,
        application.day,
        application.record_id,
        application.district,
        application.registered_on
),

events as (
    select
        authority,
        person_key,
        record_id,
        district,
        day as start_date,
        {{ add_days('day', 1) }} as end_date,
        {{ days_between('registered_on', 'day') }} as quantity,
        day as valued_on,
        {{ band_of_days(days_between('registered_on', 'day')) }} as days_waiting
    from waiting
    where moved_on is null
)

{{ measure_event('days_to_home_still_waiting', 'events', own=['days_waiting']) }}
