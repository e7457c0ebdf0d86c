-- In time, late, overdue, not yet due and waived are all promises of a period, and the rate is in time of the first
-- three.
with promises as (
    select
        promise.obligation_id,
        promise.authority,
        period.period_kind,
        period.period_label,
        count(*) as promises,
        sum(case when promise.status = 'in_time' then 1 else 0 end) as in_time,
        sum(case when promise.status in ('in_time', 'late', 'overdue') then 1 else 0 end) as judged
    from {{ ref('obligation_status') }} as promise
    inner join {{ ref('dim_period') }} as period
        on
            promise.authority = period.authority
            and period.period_kind in ('quarter', 'ytd', 'rolling_4q')
            and promise.due_date >= period.period_start
            and promise.due_date < period.period_end
    group by promise.obligation_id, promise.authority, period.period_kind, period.period_label
),

shown as (
    select
        observation.measure_id,
        observation.authority,
        observation.period_kind,
        observation.period_label,
        sum(
            case
                when observation.breakdown = 'obligation_status' and observation.statistic = 'events'
                    then observation.numerator
            end
        ) as promises,
        max(
            case
                when observation.breakdown = 'total' and observation.statistic = 'share' then observation.numerator
            end
        ) as in_time,
        max(
            case
                when observation.breakdown = 'total' and observation.statistic = 'share' then observation.denominator
            end
        ) as judged
    from {{ coded(ref('measure_observation')) }} as observation
    inner join {{ ref('dim_area') }} as area
        on
            observation.authority = area.authority
            and observation.area_code = area.area_code
            and area.area_type = 'county'
    where observation.coverage <> 'not_available'
    group by
        observation.measure_id,
        observation.authority,
        observation.period_kind,
        observation.period_label
)

select
    promises.obligation_id,
    promises.authority,
    promises.period_kind,
    promises.period_label,
    promises.promises,
    shown.promises as promises_shown,
    promises.in_time,
    shown.in_time as in_time_shown,
    promises.judged,
    shown.judged as judged_shown
from promises
inner join shown
    on
        promises.obligation_id = shown.measure_id
        and promises.authority = shown.authority
        and promises.period_kind = shown.period_kind
        and promises.period_label = shown.period_label
where
    promises.promises <> shown.promises
    or promises.in_time <> shown.in_time
    or promises.judged <> shown.judged
