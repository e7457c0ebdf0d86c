with first_panels as (
    select
        reached.authority,
        reached.record_id,
        min(panel.panel_date) as panel_date
    from {{ ref('fct_care_at_16') }} as reached
    inner join {{ ref('fct_panel') }} as panel
        on
            reached.authority = panel.authority
            and reached.person_key = panel.person_key
            and reached.start_date <= panel.panel_date
    group by reached.authority, reached.record_id
),

promises as (
    select
        reached.authority,
        reached.person_key,
        reached.record_id,
        cast(null as string) as district,
        reached.trigger_date,
        {{ add_months('reached.trigger_date', 3) }} as due_date,
        first_panels.panel_date as met_date
    from {{ ref('fct_care_at_16') }} as reached
    left join first_panels
        on
            reached.authority = first_panels.authority
            and reached.record_id = first_panels.record_id
),

{{ obligation('panel_at_16', 'promises') }}
