with disputes as (
    select
        escalation.authority,
        escalation.person_key,
        escalation.record_id,
        escalation.district_gss as district,
        escalation.raised_on as start_date,
        cast(null as date) as end_date,
        {{ days_between('escalation.raised_on', 'coalesce(escalation.resolved_on, clock.as_at)') }} as quantity,
        escalation.raised_on as valued_on,
        coalesce(escalation.stage_reached, 'not_known') as stage_reached,
        case when escalation.resolved_on is null then 'open' else 'resolved' end as resolution
    from {{ ref('fct_escalation') }} as escalation
    inner join {{ ref('dim_clock') }} as clock
        on escalation.authority = clock.authority
)

{{ measure_event('escalations', 'disputes', scope='protocol', own=['stage_reached', 'resolution']) }}
