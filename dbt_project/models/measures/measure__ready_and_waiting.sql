with cohort as (
    {{ people_in_scope() }}
),

last_moves as (
    select
        cohort.authority,
        cohort.person_key,
        cohort.day,
        max(move.start_date) as moved_on
    from cohort
    left join {{ ref('fct_move') }} as move
        on
            cohort.authority = move.authority
            and cohort.person_key = move.person_key
            and move.family = 'independent'
            and move.start_date <= cohort.day
    group by cohort.authority, cohort.person_key, cohort.day
),

ranked_readiness as (
    select
        last_moves.authority,
        last_moves.person_key,
        last_moves.day,
        readiness.record_id,
        readiness.tenancy_ready_on,
        row_number() over (
            partition by last_moves.authority, last_moves.person_key, last_moves.day
            order by readiness.tenancy_ready_on, readiness.record_id
        ) as place
    from last_moves
    inner join {{ ref('fct_readiness') }} as readiness
        on
            last_moves.authority = readiness.authority
            and last_moves.person_key = readiness.person_key
            and readiness.tenancy_ready_on <= last_moves.day
            and readiness.tenancy_ready_on > coalesce(last_moves.moved_on, {{ beginning_of_time() }})
),

events as (
    select
        readiness.authority,
        readiness.person_key,
        readiness.record_id,
        home.district,
        readiness.day as start_date,
        {{ add_days('readiness.day', 1) }} as end_date,
        {{ days_between('readiness.tenancy_ready_on', 'readiness.day') }} as quantity,
        readiness.day as valued_on,
        {{ band_of_days(days_between('readiness.tenancy_ready_on', 'readiness.day')) }} as days_waiting
    from ranked_readiness as readiness
    {{ join_home('readiness', 'readiness.day') }}
    where readiness.place = 1
)

{{ measure_event('ready_and_waiting', 'events', own=['days_waiting']) }}
