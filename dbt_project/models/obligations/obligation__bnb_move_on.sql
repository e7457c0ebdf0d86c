-- A stay has ended when no placement that reaches its end is open, or known only up to its file's data date.
with unended as (
    select distinct
        stay.authority,
        stay.person_key,
        stay.stay_start_date
    from {{ ref('fct_temporary_accommodation_stay') }} as stay
    inner join {{ ref('fct_temporary_accommodation_placement') }} as placement
        on
            stay.authority = placement.authority
            and stay.person_key = placement.person_key
            and stay.stay_start_date = placement.stay_start_date
            and stay.exit_date <= placement.capped_exit_date
    where placement.is_capped
),

promises as (
    select
        stay.authority,
        stay.person_key,
        stay.record_id,
        stay.district,
        stay.entry_date as trigger_date,
        {{ add_days('stay.entry_date', 3) }} as due_date,
        case when unended.person_key is null then stay.exit_date end as met_date
    from {{ ref('fct_temporary_accommodation_stay') }} as stay
    left join unended
        on
            stay.authority = unended.authority
            and stay.person_key = unended.person_key
            and stay.stay_start_date = unended.stay_start_date
),

{{ obligation('bnb_move_on', 'promises', area='given', contact_matters=false) }}
