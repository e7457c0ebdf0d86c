with days as (
    select
        authority,
        last_day as day
    from {{ ref('dim_period') }}
    where period_kind = 'quarter'
),

cohort as (
    select
        scope.authority,
        scope.person_key,
        days.day
    from days
    inner join {{ ref('fct_scope') }} as scope
        on
            days.authority = scope.authority
            and scope.scope = 'protocol'
            and days.day >= scope.start_date
            and days.day < scope.end_date
),

-- Before the first snapshot it is that first one which speaks (carried back).
first_snapshots as (
    select
        authority,
        person_key,
        min(data_date) as data_date
    from {{ ref('fct_care_snapshot') }}
    group by authority, person_key
),

snapshots as (
    select
        snapshot.authority,
        snapshot.person_key,
        snapshot.in_touch,
        snapshot.latest_contact,
        case
            when snapshot.data_date = first_snapshots.data_date then {{ beginning_of_time() }}
            else snapshot.data_date
        end as start_date,
        coalesce(snapshot.next_data_date, {{ end_of_time() }}) as end_date
    from {{ ref('fct_care_snapshot') }} as snapshot
    inner join first_snapshots
        on
            snapshot.authority = first_snapshots.authority
            and snapshot.person_key = first_snapshots.person_key
),

contacts as (
    select
        cohort.authority,
        cohort.person_key,
        cohort.day,
        snapshots.in_touch,
        {{ days_between('snapshots.latest_contact', 'cohort.day') }} as days_since_contact
    from cohort
    inner join snapshots
        on
            cohort.authority = snapshots.authority
            and cohort.person_key = snapshots.person_key
            and cohort.day >= snapshots.start_date
            and cohort.day < snapshots.end_date
),

people as (
    select
        contacts.authority,
        contacts.person_key,
        {{ record_id('person', ['contacts.authority', 'contacts.person_key']) }} as record_id,
        home.district,
        contacts.day as start_date,
        {{ add_days('contacts.day', 1) }} as end_date,
        1 as quantity,
        contacts.day as valued_on,
        case
            when contacts.in_touch in ('YES', 'NO', 'REFU', 'NREQ', 'RHOM') then contacts.in_touch
            else 'not_known'
        end as in_touch,
        case
            when contacts.days_since_contact between 0 and 56 then '0_to_56'
            when contacts.days_since_contact between 57 and 91 then '57_to_91'
            when contacts.days_since_contact between 92 and 182 then '92_to_182'
            when contacts.days_since_contact > 182 then '183_or_more'
            else 'not_known'
        end as last_contact
    from contacts
    {{ join_home('contacts', 'contacts.day') }}
)

{{ measure_event('in_touch', 'people', own=['in_touch', 'last_contact']) }}
