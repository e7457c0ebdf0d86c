with marked_snapshots as (
    select
        authority,
        person_key,
        data_date,
        next_data_date,
        eligibility,
        activity,
        in_touch,
        snapshot_number,
        case
            when
                lag(snapshot_number) over (partition by authority, person_key order by snapshot_number)
                = snapshot_number - 1
                and lag(eligibility) over (partition by authority, person_key order by snapshot_number) = eligibility
                and lag(coalesce(activity, '')) over (partition by authority, person_key order by snapshot_number)
                = coalesce(activity, '')
                and lag(coalesce(in_touch, '')) over (partition by authority, person_key order by snapshot_number)
                = coalesce(in_touch, '')
                then 0
            else 1
        end as begins_spell
    from {{ ref('fct_care_snapshot') }}
),

numbered_snapshots as (
    select
        authority,
        person_key,
        data_date,
        next_data_date,
        eligibility,
        activity,
        in_touch,
        sum(begins_spell) over (
            partition by authority, person_key
            order by snapshot_number
            rows between unbounded preceding and current row
        ) as spell_number
    from marked_snapshots
),

observed as (
    select
        authority,
        person_key,
        spell_number,
        eligibility,
        activity,
        in_touch,
        min(data_date) as start_date,
        max(coalesce(next_data_date, {{ end_of_time() }})) as end_date
    from numbered_snapshots
    group by authority, person_key, spell_number, eligibility, activity, in_touch
),

before_first as (
    select
        observed.authority,
        observed.person_key,
        observed.eligibility,
        observed.activity,
        observed.in_touch,
        observed.start_date as first_data_date,
        case
            when observed.eligibility = 'former_relevant' and dim_person.date_of_birth is not null
                then least({{ birthday('dim_person.date_of_birth', 18) }}, observed.start_date)
            else {{ beginning_of_time() }}
        end as reads_as_stated_from
    from observed
    inner join {{ ref('dim_person') }} as dim_person
        on
            observed.authority = dim_person.authority
            and observed.person_key = dim_person.person_key
    where observed.spell_number = 1
),

carried_as_stated as (
    select
        authority,
        person_key,
        eligibility,
        activity,
        in_touch,
        reads_as_stated_from as start_date,
        first_data_date as end_date
    from before_first
    where reads_as_stated_from < first_data_date
),

-- Former relevant before the 18th birthday cannot be: then eligible while looked after, else relevant.
minors as (
    select
        row_number() over (order by authority, person_key) as span_number,
        authority,
        person_key,
        activity,
        in_touch,
        {{ beginning_of_time() }} as start_date,
        reads_as_stated_from as end_date
    from before_first
    where reads_as_stated_from > {{ beginning_of_time() }}
),

episodes as (
    select
        alias.authority,
        alias.person_key,
        episode.start_date,
        coalesce(episode.end_date, {{ end_of_time() }}) as end_date
    from {{ ref('stg_case_system__ssd_cla_episodes') }} as episode
    inner join {{ ref('stg_identity__person_alias') }} as alias
        on
            episode.authority = alias.authority
            and episode.person_id = alias.person_id
    where episode.start_date < coalesce(episode.end_date, {{ end_of_time() }})
),

looked_after as (
    {{ merge_spans('episodes', ['authority', 'person_key']) }}
),

carried_as_relevant as (
    {{ subtract_spans(
        'minors', 'looked_after',
        by=['authority', 'person_key'],
        keep=['authority', 'person_key', 'activity', 'in_touch']
    ) }}
),

carried_as_eligible as (
    select
        minors.authority,
        minors.person_key,
        minors.activity,
        minors.in_touch,
        looked_after.start_date,
        least(looked_after.end_date, minors.end_date) as end_date
    from minors
    inner join looked_after
        on
            minors.authority = looked_after.authority
            and minors.person_key = looked_after.person_key
            and looked_after.start_date < minors.end_date
)

select
    authority,
    person_key,
    eligibility,
    activity,
    in_touch,
    start_date,
    end_date,
    false as carried_back
from observed
union all
select
    authority,
    person_key,
    eligibility,
    activity,
    in_touch,
    start_date,
    end_date,
    true as carried_back
from carried_as_stated
union all
select
    authority,
    person_key,
    'eligible' as eligibility,
    activity,
    in_touch,
    start_date,
    end_date,
    true as carried_back
from carried_as_eligible
union all
select
    authority,
    person_key,
    'relevant' as eligibility,
    activity,
    in_touch,
    start_date,
    end_date,
    true as carried_back
from carried_as_relevant
