with promises as (
    select
        authority,
        person_key,
        record_id,
        cast(null as string) as district,
        trigger_date,
        due_date,
        met_date
    from {{ ref('fct_pathway_plan_review') }}
),

{{ obligation('pathway_plan_review', 'promises', scope='protocol_or_due_to_leave') }}
