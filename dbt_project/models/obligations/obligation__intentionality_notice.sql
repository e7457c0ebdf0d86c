with promises as (
    select
        authority,
        person_key,
        record_id,
        district,
        decided_on as trigger_date,
        {{ add_days('decided_on', -1) }} as due_date,
        case
            when adviser_told_on is not null and young_person_told_on is not null
                then greatest(adviser_told_on, young_person_told_on)
        end as met_date
    from {{ ref('fct_intentional_decision') }}
),

{{ obligation('intentionality_notice', 'promises', area='given') }}
