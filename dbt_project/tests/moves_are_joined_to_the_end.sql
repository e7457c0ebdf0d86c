-- Two moves of one person and family are not two where one lacks what the other holds within reach: then the greedy
-- joining ran out of rounds (var greedy_rounds).
with moves as (
    select
        move.authority,
        move.person_key,
        move.family,
        move.anchor,
        move.record_id,
        move.start_date,
        move.duty_end_record_id,
        move.home_record_id,
        move.home_start_date,
        duty_end.start_date as duty_end_start_date
    from {{ ref('fct_move') }} as move
    left join {{ ref('fct_duty_end') }} as duty_end
        on
            move.authority = duty_end.authority
            and move.duty_end_record_id = duty_end.record_id
)

select
    lacking.authority,
    lacking.record_id,
    holding.record_id as other_record_id
from moves as lacking
inner join moves as holding
    on
        lacking.authority = holding.authority
        and lacking.person_key = holding.person_key
        and lacking.family = holding.family
where
    (
        lacking.anchor = 'letting'
        and holding.anchor = 'duty_end'
        and lacking.duty_end_record_id is null
        and abs({{ days_between('lacking.start_date', 'holding.duty_end_start_date') }}) <= {{ var('move_join_days') }}
    )
    or (
        lacking.home_record_id is null
        and (
            holding.anchor = 'home'
            or (lacking.anchor = 'letting' and holding.anchor = 'duty_end')
        )
        and abs({{ days_between('lacking.start_date', 'holding.home_start_date') }}) <= {{ var('move_join_days') }}
    )
