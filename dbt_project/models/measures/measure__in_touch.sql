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

-- The sender's last snapshot by the day, whoever stands in it.
snapshots_in_force as (
    select
        days.authority,
        days.day,
        max(snapshot.data_date) as data_date
    from days
    inner join (
        select distinct
            authority,
            data_date
        from {{ ref('fct_care_snapshot') }}
    ) as snapshot
        on
            days.authority = snapshot.authority
            and days.day >= snapshot.data_date
    group by days.authority, days.day
),

first_snapshots as (
    select
        authority,
        person_key,
        min(data_date) as data_date
    from {{ ref('fct_care_snapshot') }}
    group by authority, person_key
),

-- Before the first snapshot it is that first one which speaks (carried back).
cohort_snapshots as (
    select
        cohort.authority,
        cohort.person_key,
        cohort.day,
        case
            when first_snapshots.data_date > cohort.day then first_snapshots.data_date
            else snapshots_in_force.data_date
        end as data_date
    from cohort
    inner join first_snapshots
        on
            cohort.authority = first_snapshots.authority
            and cohort.person_key = first_snapshots.person_key
    left join snapshots_in_force
        on
            cohort.authority = snapshots_in_force.authority
            and cohort.day = snapshots_in_force.day
),

contacts as (
    select
        cohort_snapshots.authority,
        cohort_snapshots.person_key,
        cohort_snapshots.day,
        snapshot.in_touch,
        {{ days_between('snapshot.latest_contact', 'cohort_snapshots.day') }} as days_since_contact
    from cohort_snapshots
    inner join {{ ref('fct_care_snapshot') }} as snapshot
        on
            cohort_snapshots.authority = snapshot.authority
            and cohort_snapshots.person_key = snapshot.person_key
            and cohort_snapshots.data_date = snapshot.data_date
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
