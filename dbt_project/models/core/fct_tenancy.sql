-- A move into a tenancy, and the first that is known of its end.
with moves as (
    select
        move.authority,
        move.person_key,
        move.record_id,
        move.kind_of_home,
        move.district,
        move.start_date,
        move.end_date,
        move.home_record_id,
        move.home_start_date,
        move.home_kind,
        letting.scheme,
        letting.tenancy_ref,
        person.death_date
    from {{ ref('fct_move') }} as move
    inner join {{ ref('dim_person') }} as person
        on
            move.authority = person.authority
            and move.person_key = person.person_key
    left join {{ ref('fct_letting') }} as letting
        on
            move.authority = letting.authority
            and move.letting_record_id = letting.record_id
    where move.kind_of_home in ('private_rented', 'social_general_needs', 'tenure_not_known')
),

landlords_ends as (
    select
        moves.authority,
        moves.record_id,
        ended.ended_on,
        ended.reason
    from moves
    inner join {{ ref('stg_lettings__tenancies_ended') }} as ended
        on
            moves.scheme = ended.scheme
            and moves.tenancy_ref = ended.tenancy_ref
            and ended.ended_on >= moves.start_date
),

-- Where either does not name the tenancy, an event belongs to it whose tenancy began within reach of the move.
ranked_events as (
    select
        moves.authority,
        moves.record_id,
        event.event_date as ended_on,
        event.reason,
        row_number() over (
            partition by moves.authority, moves.record_id
            order by event.event_date, event.record_id
        ) as place
    from moves
    inner join {{ ref('fct_tenancy_event') }} as event
        on
            moves.authority = event.authority
            and moves.person_key = event.person_key
            and event.event = 'ended'
            and event.event_date >= moves.start_date
            and (
                moves.tenancy_ref = event.tenancy_ref
                or (
                    (moves.tenancy_ref is null or event.tenancy_ref is null)
                    and abs({{ days_between('moves.start_date', 'event.tenancy_start') }})
                    <= {{ var('move_join_days') }}
                )
            )
),

ranked_forms as (
    select
        moves.authority,
        moves.record_id,
        form.end_reason as reason,
        row_number() over (
            partition by moves.authority, moves.record_id
            order by form.recorded_on desc, form.record_id asc
        ) as place
    from moves
    inner join {{ ref('fct_home') }} as home
        on
            moves.authority = home.authority
            and moves.person_key = home.person_key
            and moves.home_record_id = home.record_id
            and moves.home_start_date = home.start_date
            and moves.home_kind = home.kind_of_home
    inner join {{ ref('fct_home_fragment') }} as fragment
        on
            home.authority = fragment.authority
            and home.person_key = fragment.person_key
            and home.kind_of_home = fragment.kind_of_home
            and home.chain_number = fragment.chain_number
    inner join {{ ref('fct_form_spell') }} as form
        on
            fragment.authority = form.authority
            and fragment.record_id = form.record_id
            and moves.end_date = form.ended_on
),

other_starts as (
    select
        authority,
        person_key,
        start_date,
        cast(null as string) as home_record_id
    from {{ ref('fct_move') }}
    union all
    select
        authority,
        person_key,
        start_date,
        record_id as home_record_id
    from {{ ref('fct_home') }}
    where start_recorded
),

next_starts as (
    select
        moves.authority,
        moves.record_id,
        min(other_starts.start_date) as ended_on
    from moves
    inner join other_starts
        on
            moves.authority = other_starts.authority
            and moves.person_key = other_starts.person_key
            and other_starts.start_date > moves.start_date
            and (
                other_starts.home_record_id is null
                or moves.home_record_id is null
                or other_starts.home_record_id <> moves.home_record_id
                or other_starts.start_date <> moves.home_start_date
            )
    group by moves.authority, moves.record_id
),

known_ends as (
    select
        moves.authority,
        moves.person_key,
        moves.record_id,
        moves.kind_of_home,
        moves.district,
        moves.start_date,
        moves.death_date,
        coalesce(
            landlords_ends.ended_on, ranked_events.ended_on, moves.end_date, next_starts.ended_on
        ) as ended_on,
        case
            when landlords_ends.ended_on is not null then landlords_ends.reason
            when ranked_events.ended_on is not null then ranked_events.reason
            when moves.end_date is not null then ranked_forms.reason
        end as reason
    from moves
    left join landlords_ends
        on
            moves.authority = landlords_ends.authority
            and moves.record_id = landlords_ends.record_id
    left join ranked_events
        on
            moves.authority = ranked_events.authority
            and moves.record_id = ranked_events.record_id
            and ranked_events.place = 1
    left join ranked_forms
        on
            moves.authority = ranked_forms.authority
            and moves.record_id = ranked_forms.record_id
            and ranked_forms.place = 1
    left join next_starts
        on
            moves.authority = next_starts.authority
            and moves.record_id = next_starts.record_id
)

select
    authority,
    person_key,
    record_id,
    kind_of_home,
    district,
    start_date,
    case
        when death_date <= coalesce(ended_on, death_date) then death_date
        else ended_on
    end as ended_on,
    case
        when death_date <= coalesce(ended_on, death_date) then 'died'
        else coalesce(reason, 'not_known')
    end as reason,
    coalesce(death_date <= coalesce(ended_on, death_date), false) as ended_by_death
from known_ends
