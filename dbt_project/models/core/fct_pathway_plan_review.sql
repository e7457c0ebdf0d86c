-- Snapshots repeat a review's date from month to month: the first that states it stands for all.
with snapshot_dates as (
    select
        authority,
        person_id,
        pathway_plan_review_date as trigger_date,
        min(data_date) as data_date
    from {{ ref('stg_case_system__ssd_care_leavers') }}
    where pathway_plan_review_date <= data_date
    group by authority, person_id, pathway_plan_review_date
),

-- What forms and snapshots say of plans and reviews.
stated_dates as (
    select
        authority,
        person_key,
        plan_date as trigger_date,
        load_id,
        row_number
    from {{ ref('fct_pathway_plan') }}
    union all
    select
        authority,
        person_key,
        review_date as trigger_date,
        load_id,
        row_number
    from {{ ref('fct_pathway_plan') }}
    where review_date is not null
    union all
    select
        alias.authority,
        alias.person_key,
        snapshot_dates.trigger_date,
        snapshot.load_id,
        snapshot.row_number
    from snapshot_dates
    inner join {{ ref('stg_case_system__ssd_care_leavers') }} as snapshot
        on
            snapshot_dates.authority = snapshot.authority
            and snapshot_dates.person_id = snapshot.person_id
            and snapshot_dates.trigger_date = snapshot.pathway_plan_review_date
            and snapshot_dates.data_date = snapshot.data_date
    inner join {{ ref('stg_identity__person_alias') }} as alias
        on
            snapshot_dates.authority = alias.authority
            and snapshot_dates.person_id = alias.person_id
),

-- Each date once, with the first row that says it.
ranked_dates as (
    select
        authority,
        person_key,
        trigger_date,
        load_id,
        row_number,
        row_number() over (
            partition by authority, person_key, trigger_date
            order by load_id, row_number
        ) as place
    from stated_dates
),

numbered_dates as (
    select
        authority,
        person_key,
        trigger_date,
        trigger_date as spaced_on,
        load_id,
        row_number,
        row_number() over (order by authority, person_key, trigger_date) as spacing_number
    from ranked_dates
    where place = 1
),

{{ kept_when_spaced('numbered_dates', ['authority', 'person_key'], var('pathway_plan_days')) }},

chain as (
    select
        dates.authority,
        dates.person_key,
        dates.trigger_date,
        lead(dates.trigger_date) over (
            partition by dates.authority, dates.person_key
            order by dates.trigger_date
        ) as met_date,
        dates.load_id,
        dates.row_number
    from numbered_dates as dates
    inner join kept_when_spaced as kept
        on dates.spacing_number = kept.spacing_number
),

first_snapshots as (
    select
        snapshot.authority,
        snapshot.person_key,
        min(snapshot.data_date) as data_date
    from {{ ref('fct_care_snapshot') }} as snapshot
    group by snapshot.authority, snapshot.person_key
),

-- Status is carried back to every earlier day, so a person without a plan is asked about from the first snapshot.
unplanned as (
    select
        scope.authority,
        scope.person_key,
        min(greatest(scope.start_date, first_snapshots.data_date)) as trigger_date
    from {{ ref('fct_scope') }} as scope
    inner join first_snapshots
        on
            scope.authority = first_snapshots.authority
            and scope.person_key = first_snapshots.person_key
            and scope.end_date > first_snapshots.data_date
    left join chain
        on
            scope.authority = chain.authority
            and scope.person_key = chain.person_key
    where
        scope.scope = 'protocol_or_due_to_leave'
        and chain.person_key is null
    group by scope.authority, scope.person_key
),

reviews as (
    select
        authority,
        person_key,
        trigger_date,
        {{ add_months('trigger_date', 6) }} as due_date,
        met_date,
        load_id,
        row_number
    from chain
    union all
    select
        unplanned.authority,
        unplanned.person_key,
        unplanned.trigger_date,
        {{ add_months('unplanned.trigger_date', 3) }} as due_date,
        cast(null as date) as met_date,
        first_row.load_id,
        first_row.row_number
    from unplanned
    inner join first_snapshots
        on
            unplanned.authority = first_snapshots.authority
            and unplanned.person_key = first_snapshots.person_key
    inner join {{ ref('fct_care_snapshot') }} as first_row
        on
            first_snapshots.authority = first_row.authority
            and first_snapshots.person_key = first_row.person_key
            and first_snapshots.data_date = first_row.data_date
)

select
    authority,
    person_key,
    {{ record_id('pathway_plan_review', ['authority', 'person_key', 'trigger_date']) }} as record_id,
    trigger_date,
    due_date,
    met_date,
    load_id,
    row_number
from reviews
