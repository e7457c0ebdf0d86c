with promises as (
    select
        authority,
        person_key,
        record_id,
        cast(null as string) as district,
        planned_release_on as trigger_date,
        {{ add_months('planned_release_on', -3) }} as due_date,
        resettlement_reviewed_on as met_date
    from {{ ref('fct_custody') }}
    where planned_release_on is not null
),

{{ obligation('resettlement_review', 'promises') }}
