with first_panels as (
    select
        custody.record_id,
        min(panel.panel_date) as panel_date
    from {{ ref('fct_custody') }} as custody
    inner join {{ ref('fct_panel') }} as panel
        on
            custody.authority = panel.authority
            and custody.person_key = panel.person_key
            and custody.entered_on <= panel.panel_date
    group by custody.record_id
),

promises as (
    select
        custody.authority,
        custody.person_key,
        custody.record_id,
        cast(null as string) as district,
        custody.resettlement_review_on as trigger_date,
        custody.resettlement_review_on as due_date,
        first_panels.panel_date as met_date
    from {{ ref('fct_custody') }} as custody
    left join first_panels
        on custody.record_id = first_panels.record_id
    where custody.resettlement_review_on is not null
),

{{ obligation('panel_before_release', 'promises') }}
