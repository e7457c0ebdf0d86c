with planned_moves as (
    select
        authority,
        person_key,
        planned_move_date,
        min(record_id) as record_id
    from {{ ref('fct_readiness') }}
    where planned_move_date is not null
    group by authority, person_key, planned_move_date
),

first_contacts as (
    select
        authority,
        person_key,
        min(contact_date) as contact_date
    from {{ ref('fct_housing_contact') }}
    group by authority, person_key
),

promises as (
    select
        planned_moves.authority,
        planned_moves.person_key,
        planned_moves.record_id,
        cast(null as string) as district,
        planned_moves.planned_move_date as trigger_date,
        {{ add_months('planned_moves.planned_move_date', -3) }} as due_date,
        first_contacts.contact_date as met_date
    from planned_moves
    left join first_contacts
        on
            planned_moves.authority = first_contacts.authority
            and planned_moves.person_key = first_contacts.person_key
),

{{ obligation('housing_contact_before_leaving', 'promises', scope='protocol_or_due_to_leave') }}
