with decisions as (
    select
        authority,
        person_key,
        record_id,
        district,
        decided_on,
        form_record_id,
        coalesce(adviser_told_on < decided_on, false) as adviser_told,
        coalesce(young_person_told_on < decided_on, false) as young_person_told
    from {{ ref('fct_intentional_decision') }}
),

events as (
    select
        authority,
        person_key,
        record_id,
        district,
        decided_on as start_date,
        cast(null as date) as end_date,
        1 as quantity,
        decided_on as valued_on,
        case
            when form_record_id is null then 'not_known'
            when adviser_told and young_person_told then 'both'
            when adviser_told then 'adviser_only'
            when young_person_told then 'young_person_only'
            else 'neither'
        end as told_before
    from decisions
)

{{ measure_event('intentional_decisions', 'events', scope='protocol', own=['told_before']) }}
