with first_courses as (
    select
        authority,
        person_key,
        min(completed_on) as completed_on
    from {{ ref('fct_tenancy_training') }}
    group by authority, person_key
),

promises as (
    select
        moves.authority,
        moves.person_key,
        moves.record_id,
        moves.district,
        moves.start_date as trigger_date,
        {{ add_days('moves.start_date', -1) }} as due_date,
        first_courses.completed_on as met_date
    from {{ ref('fct_move') }} as moves
    left join first_courses
        on
            moves.authority = first_courses.authority
            and moves.person_key = first_courses.person_key
    where moves.family = 'independent'
),

{{ obligation('tenancy_training', 'promises', scope='protocol_or_due_to_leave', area='given') }}
