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
    where eligibility is not null
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

first_status as (
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

-- Days before the first status that something else is told of; what is told first is carried back without limit.
told_before_status as (
    select
        authority,
        person_key,
        activity,
        in_touch,
        data_date,
        next_data_date,
        row_number() over (partition by authority, person_key order by data_date) as place
    from {{ ref('fct_care_snapshot') }}
    where eligibility is null
),

before_first as (
    select
        first_status.authority,
        first_status.person_key,
        first_status.eligibility,
        first_status.reads_as_stated_from,
        coalesce(told.activity, case when told.place is null then first_status.activity end) as activity,
        coalesce(told.in_touch, case when told.place is null then first_status.in_touch end) as in_touch,
        case when coalesce(told.place, 1) = 1 then {{ beginning_of_time() }} else told.data_date end as start_date,
        coalesce(told.next_data_date, first_status.first_data_date) as end_date
    from first_status
    left join told_before_status as told
        on
            first_status.authority = told.authority
            and first_status.person_key = told.person_key
),

carried_as_stated as (
    select
        authority,
        person_key,
        eligibility,
        activity,
        in_touch,
        greatest(start_date, reads_as_stated_from) as start_date,
        end_date
    from before_first
    where reads_as_stated_from < end_date
),

-- Former relevant before the 18th birthday cannot be: then eligible while looked after, else relevant.
minors as (
    select
        row_number() over (order by authority, person_key, start_date) as span_number,
        authority,
        person_key,
        activity,
        in_touch,
        start_date,
        least(end_date, reads_as_stated_from) as end_date
    from before_first
    where reads_as_stated_from > start_date
),

episodes as (
    select
        authority,
        person_key,
        start_date,
        coalesce(end_date, {{ end_of_time() }}) as end_date
    from {{ ref('fct_care_episode') }}
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
        greatest(looked_after.start_date, minors.start_date) as start_date,
        least(looked_after.end_date, minors.end_date) as end_date
    from minors
    inner join looked_after
        on
            minors.authority = looked_after.authority
            and minors.person_key = looked_after.person_key
            and looked_after.start_date < minors.end_date
            and looked_after.end_date > minors.start_date
),

told as (
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
),

-- Who sends neither ssd_care_leavers nor List 9 tells nobody's status: law and the period of care say who is eligible.
senders_of_status as (
    select distinct sender as authority
    from {{ ref('dim_extract') }}
    where
        family = 'case_system'
        and extract_name in ('ssd_care_leavers', 'annex_a_list_9')
),

eligible_by_law as (
    select
        looked_after.authority,
        looked_after.person_key,
        greatest(
            {{ birthday('dim_person.date_of_birth', 16) }},
            {{ add_days('looked_after.start_date', var('weeks_to_eligible') ~ ' * 7') }}
        ) as start_date,
        least({{ birthday('dim_person.date_of_birth', 18) }}, looked_after.end_date) as end_date
    from looked_after
    inner join {{ ref('dim_person') }} as dim_person
        on
            looked_after.authority = dim_person.authority
            and looked_after.person_key = dim_person.person_key
    left join senders_of_status
        on looked_after.authority = senders_of_status.authority
    where
        senders_of_status.authority is null
        and dim_person.date_of_birth is not null
),

eligible_days as (
    select * from eligible_by_law
    where start_date < end_date
),

numbered_told as (
    select
        row_number() over (order by authority, person_key, start_date) as span_number,
        authority,
        person_key,
        eligibility,
        activity,
        in_touch,
        carried_back,
        start_date,
        end_date
    from told
),

told_otherwise as (
    {{ subtract_spans(
        'numbered_told', 'eligible_days',
        by=['authority', 'person_key'],
        keep=['authority', 'person_key', 'eligibility', 'activity', 'in_touch', 'carried_back']
    ) }}
)

select
    authority,
    person_key,
    eligibility,
    activity,
    in_touch,
    start_date,
    end_date,
    carried_back
from told_otherwise
union all
select
    authority,
    person_key,
    'eligible' as eligibility,
    cast(null as string) as activity,
    cast(null as string) as in_touch,
    start_date,
    end_date,
    false as carried_back
from eligible_days
