with first_registrations as (
    select
        reached.authority,
        reached.record_id,
        min(application.registered_on) as registered_on
    from {{ ref('fct_care_at_16') }} as reached
    inner join {{ ref('fct_application') }} as application
        on
            reached.authority = application.authority
            and reached.person_key = application.person_key
            and reached.connection_district = application.district
            and (application.closed_on is null or application.closed_on > reached.trigger_date)
    group by reached.authority, reached.record_id
),

promises as (
    select
        reached.authority,
        reached.person_key,
        reached.record_id,
        reached.connection_district as district,
        reached.trigger_date,
        {{ add_months('reached.trigger_date', 3) }} as due_date,
        first_registrations.registered_on as met_date
    from {{ ref('fct_care_at_16') }} as reached
    left join first_registrations
        on
            reached.authority = first_registrations.authority
            and reached.record_id = first_registrations.record_id
),

-- Every child looked after is promised it, whatever the status.
{{ obligation('register_application', 'promises', scope=none, area='given') }}
