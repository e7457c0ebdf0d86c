-- An alert is open until the tenancy's first resolution or end; what is raised meanwhile shares its meeting.
with events as (
    select
        authority,
        person_key,
        record_id,
        coalesce(tenancy_ref, '') as tenancy,
        event,
        event_date
    from {{ ref('fct_tenancy_event') }}
),

alerts as (
    select
        alerts.authority,
        alerts.person_key,
        alerts.tenancy,
        alerts.record_id,
        alerts.event_date,
        min(case when answers.event in ('alert_resolved', 'ended') then answers.event_date end) as resolved_on,
        min(case when answers.event = 'meeting' then answers.event_date end) as met_date
    from events as alerts
    left join events as answers
        on
            alerts.authority = answers.authority
            and alerts.person_key = answers.person_key
            and alerts.tenancy = answers.tenancy
            and alerts.event_date <= answers.event_date
    where alerts.event = 'alert'
    group by alerts.authority, alerts.person_key, alerts.tenancy, alerts.record_id, alerts.event_date
),

-- Alerts open at once end with the same answer; one raised on the very day of the answer was never open with others.
ranked_alerts as (
    select
        authority,
        person_key,
        record_id,
        event_date,
        event_date as day,
        met_date,
        resolved_on,
        row_number() over (
            partition by authority, person_key, tenancy, resolved_on
            order by event_date, record_id
        ) as place,
        row_number() over (order by authority, record_id) as alert_number
    from alerts
),

first_alerts as (
    select * from ranked_alerts
    where
        place = 1
        or event_date = resolved_on
),

meetings_due as (
    {{ working_days_after('first_alerts', 'alert_number', 'day', 5) }}
),

promises as (
    select
        first_alerts.authority,
        first_alerts.person_key,
        first_alerts.record_id,
        cast(null as string) as district,
        first_alerts.event_date as trigger_date,
        meetings_due.due_date,
        first_alerts.met_date
    from first_alerts
    inner join meetings_due
        on first_alerts.alert_number = meetings_due.alert_number
),

{{ obligation('risk_meeting', 'promises') }}
