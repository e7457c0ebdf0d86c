with move_members as (
    select
        record_id,
        letting_record_id as member_record_id
    from {{ ref('fct_move') }}
    union all
    select
        record_id,
        duty_end_record_id as member_record_id
    from {{ ref('fct_move') }}
    union all
    select
        record_id,
        home_record_id as member_record_id
    from {{ ref('fct_move') }}
),

stay_members as (
    select
        stay.record_id,
        night.record_id as member_record_id
    from {{ ref('fct_temporary_accommodation_stay') }} as stay
    inner join {{ ref('fct_temporary_accommodation_night') }} as night
        on
            stay.authority = night.authority
            and stay.person_key = night.person_key
            and stay.stay_start_date = night.stay_start_date
)

select distinct
    'move' as entity,
    record_id,
    member_record_id
from move_members
where member_record_id is not null
union all
select distinct
    'stay' as entity,
    record_id,
    member_record_id
from stay_members
