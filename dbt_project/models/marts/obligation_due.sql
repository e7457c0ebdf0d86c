-- The adviser and the home are those of the data date: who has to act now, and where.
with latest_snapshots as (
    select
        snapshot.authority,
        snapshot.person_key,
        adviser.adviser_id
    from {{ ref('fct_care_snapshot') }} as snapshot
    inner join {{ ref('dim_clock') }} as clock
        on
            snapshot.authority = clock.authority
            and snapshot.data_date = clock.as_at
    inner join {{ ref('dim_adviser') }} as adviser
        on
            snapshot.authority = adviser.authority
            and snapshot.personal_adviser = adviser.personal_adviser
)

select
    promise.obligation_id,
    promise.authority,
    promise.person_key,
    promise.area_code,
    promise.clause,
    promise.trigger_date,
    promise.due_date,
    promise.status,
    {{ days_between('clock.as_at', 'promise.due_date') }} as days_to_go,
    latest_snapshots.adviser_id as adviser,
    case
        when promise.person_key is null then null
        else coalesce(home.kind_of_home, 'not_known')
    end as kind_of_home,
    promise.record_id
from {{ ref('obligation_promise') }} as promise
inner join {{ ref('dim_clock') }} as clock
    on promise.authority = clock.authority
left join latest_snapshots
    on
        promise.authority = latest_snapshots.authority
        and promise.person_key = latest_snapshots.person_key
{{ join_home('promise', 'clock.as_at') }}
where
    promise.status = 'overdue'
    or (
        promise.status = 'not_yet_due'
        and promise.due_date <= {{ add_days('clock.as_at', 90) }}
    )
