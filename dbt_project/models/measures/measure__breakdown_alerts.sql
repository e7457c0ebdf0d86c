with last_answers as (
    select
        authority,
        person_key,
        coalesce(tenancy_ref, '') as tenancy,
        max(event_date) as resolved_on
    from {{ ref('fct_tenancy_event') }}
    where event = 'alert_resolved'
    group by authority, person_key, coalesce(tenancy_ref, '')
),

alerts as (
    select
        alerts.authority,
        alerts.person_key,
        alerts.record_id,
        home.district,
        alerts.event_date as start_date,
        cast(null as date) as end_date,
        1 as quantity,
        alerts.event_date as valued_on,
        coalesce(alerts.severity, 'not_known') as severity,
        coalesce(alerts.raised_by, 'not_known') as raised_by,
        case when last_answers.resolved_on >= alerts.event_date then 'resolved' else 'open' end as resolution
    from {{ ref('fct_tenancy_event') }} as alerts
    inner join {{ ref('dim_clock') }} as clock
        on alerts.authority = clock.authority
    left join last_answers
        on
            alerts.authority = last_answers.authority
            and alerts.person_key = last_answers.person_key
            and coalesce(alerts.tenancy_ref, '') = last_answers.tenancy
    {{ join_home('alerts', 'alerts.event_date', 'clock.as_at') }}
    where alerts.event = 'alert'
)

{{ measure_event(
    'breakdown_alerts', 'alerts', scope='protocol', own=['severity', 'raised_by', 'resolution']
) }}
