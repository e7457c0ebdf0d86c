with {{ open_records() }},

fragments as (
    select
        fragment.authority,
        fragment.person_key,
        home.record_id,
        fragment.fragment_number,
        home.kind_of_home,
        home.start_date,
        fragment.end_date,
        home.district,
        case when home.source = 'snapshot' then 1 else 0 end as tie_rank,
        {{ hidden_from('fragment.source') }} as hidden_from
    from {{ ref('fct_home_fragment') }} as fragment
    inner join {{ ref('fct_home') }} as home
        on
            fragment.authority = home.authority
            and fragment.person_key = home.person_key
            and fragment.kind_of_home = home.kind_of_home
            and fragment.chain_number = home.chain_number
    left join open_care
        on
            fragment.authority = open_care.authority
            and fragment.person_key = open_care.person_key
    left join open_form
        on
            fragment.authority = open_form.authority
            and fragment.person_key = open_form.person_key
),

-- A fragment takes its home's start and keeps its own end; if the home belongs to a move, it takes the move's.
spells as (
    select
        fragments.authority,
        fragments.person_key,
        fragments.record_id,
        fragments.fragment_number,
        4 as source_rank,
        fragments.tie_rank,
        coalesce(moves.kind_of_home, fragments.kind_of_home) as kind_of_home,
        case when moves.record_id is null then fragments.district else moves.district end as district,
        coalesce(moves.start_date, fragments.start_date) as start_date,
        case when moves.record_id is null then fragments.end_date else moves.end_date end as end_date,
        fragments.hidden_from
    from fragments
    left join {{ ref('fct_move') }} as moves
        on
            fragments.authority = moves.authority
            and fragments.record_id = moves.home_record_id
            and fragments.start_date = moves.home_start_date
),

lettings as (
    select
        authority,
        person_key,
        letting_record_id as record_id,
        0 as fragment_number,
        2 as source_rank,
        0 as tie_rank,
        kind_of_home,
        district,
        start_date,
        end_date,
        {{ end_of_time() }} as hidden_from
    from {{ ref('fct_move') }}
    where letting_record_id is not null
),

duty_ends as (
    select
        authority,
        person_key,
        duty_end_record_id as record_id,
        0 as fragment_number,
        3 as source_rank,
        0 as tie_rank,
        kind_of_home,
        district,
        start_date,
        end_date,
        {{ end_of_time() }} as hidden_from
    from {{ ref('fct_move') }}
    where duty_end_record_id is not null
),

temporary_accommodation as (
    select
        authority,
        person_key,
        record_id,
        0 as fragment_number,
        1 as source_rank,
        0 as tie_rank,
        kind_of_home,
        home_district as district,
        entry_date as start_date,
        exit_date as end_date,
        {{ end_of_time() }} as hidden_from
    from {{ ref('fct_temporary_accommodation_placement') }}
    where
        source = 'homelessness'
        and kind_of_home is not null
)

select * from spells
union all
select * from lettings
union all
select * from duty_ends
union all
select * from temporary_accommodation
