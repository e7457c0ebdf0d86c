-- The rule, word for word, is decision 12; pipelines/rating.py states it for packs.
with targets as (
    select *
    from {{ ref('dim_target') }}
    where not is_awaited
),

-- A target holds for periods that lie within its time. A council's own goes before one for all, one of the promise
-- itself before that of all promises, and of two in force the later.
ranked as (
    select
        observation.measure_id,
        observation.authority,
        observation.area_code,
        observation.period_kind,
        observation.period_label,
        observation.breakdown,
        observation.breakdown_value,
        observation.statistic,
        observation.value,
        observation.denominator,
        observation.coverage,
        period.last_day > clock.as_at as is_unfinished,
        targets.target,
        targets.floor,
        targets.better,
        targets.kind,
        targets.is_alert,
        targets.clause,
        targets.source,
        row_number() over (
            partition by
                observation.measure_id,
                observation.authority,
                observation.area_code,
                observation.period_kind,
                observation.period_label,
                observation.breakdown,
                observation.breakdown_value,
                observation.statistic
            order by
                case when targets.authority = observation.authority then 0 else 1 end,
                case when targets.measure_id = observation.measure_id then 0 else 1 end,
                targets.in_force_from desc nulls last
        ) as precedence
    from {{ ref('measure_observation') }} as observation
    inner join {{ ref('dim_measure') }} as measure
        on observation.measure_id = measure.measure_id
    inner join {{ ref('dim_period') }} as period
        on
            observation.authority = period.authority
            and observation.period_kind = period.period_kind
            and observation.period_label = period.period_label
    inner join {{ ref('dim_clock') }} as clock
        on observation.authority = clock.authority
    inner join targets
        on
            targets.measure_id in (measure.measure_id, measure.listed_as)
            and targets.authority in (observation.authority, '*')
            and observation.breakdown = targets.breakdown
            and observation.breakdown_value = targets.breakdown_value
            and observation.statistic = targets.statistic
            and coalesce(targets.in_force_from, period.period_start) <= period.period_start
            and coalesce(targets.valid_to, period.last_day) >= period.last_day
),

-- A colour is for a figure that is there, whole and large enough that one person more or less does not paint it.
judged as (
    select
        *,
        case
            when coverage = 'not_available' then 'not_available'
            when is_unfinished then 'unfinished'
            when statistic in ('share', 'median', 'p90') and denominator < {{ var('rating_smallest_base') }}
                then 'small_number'
            when value is null then 'not_available'
            when
                statistic not in ('share', 'median', 'p90')
                and value > 0
                and value < {{ var('rating_smallest_count') }}
                then 'small_number'
        end as not_rated_because
    from ranked
    where precedence = 1
)

select
    measure_id,
    authority,
    area_code,
    period_kind,
    period_label,
    breakdown,
    breakdown_value,
    statistic,
    value,
    target,
    floor,
    better,
    kind,
    clause,
    source,
    case
        when not_rated_because is not null then 'not_rated'
        when (better = 'higher' and value >= target) or (better = 'lower' and value <= target) then 'green'
        when (better = 'higher' and value < floor) or (better = 'lower' and value > floor) then 'red'
        else 'amber'
    end as rating,
    not_rated_because,
    is_alert and coalesce(value > 0, false) as is_alert
from judged
