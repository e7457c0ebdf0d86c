with assessments as (
    select
        second_chance.authority,
        second_chance.person_key,
        second_chance.record_id,
        home.district,
        second_chance.assessed_on as start_date,
        cast(null as date) as end_date,
        1 as quantity,
        second_chance.assessed_on as valued_on,
        coalesce(second_chance.outcome, 'not_known') as outcome,
        case when second_chance.rebanded_on is null then 'no' else 'yes' end as rebanded,
        case
            when second_chance.arrears_cleared_on is not null then 'cleared'
            when second_chance.arrears_plan_on is not null then 'opened'
            else 'none'
        end as arrears_plan
    from {{ ref('fct_second_chance') }} as second_chance
    inner join {{ ref('dim_clock') }} as clock
        on second_chance.authority = clock.authority
    {{ join_home('second_chance', 'second_chance.assessed_on', 'clock.as_at') }}
)

{{ measure_event(
    'second_chances', 'assessments', scope='protocol', own=['outcome', 'rebanded', 'arrears_plan']
) }}
