-- Where people are not counted twice (events, nights, stocks of people), the values of every breakdown add up to the
-- total: accommodation by kind of home and by suitability adds up to everyone in scope.
with counted as (
    select
        observation.measure_id,
        observation.authority,
        observation.area_code,
        observation.period_kind,
        observation.period_label,
        observation.statistic,
        observation.breakdown,
        sum(observation.numerator) as numerator
    from {{ coded(ref('measure_observation')) }} as observation
    inner join {{ ref('dim_measure') }} as measures
        on observation.measure_id = measures.measure_id
    where
        observation.statistic in ('events', 'nights')
        or (measures.counted_as = 'stock' and measures.unit = 'people')
    group by
        observation.measure_id,
        observation.authority,
        observation.area_code,
        observation.period_kind,
        observation.period_label,
        observation.statistic,
        observation.breakdown
)

select
    counted.measure_id,
    counted.authority,
    counted.area_code,
    counted.period_kind,
    counted.period_label,
    counted.statistic,
    counted.breakdown,
    counted.numerator,
    total.numerator as total
from counted
inner join counted as total
    on
        counted.measure_id = total.measure_id
        and counted.authority = total.authority
        and counted.area_code = total.area_code
        and counted.period_kind = total.period_kind
        and counted.period_label = total.period_label
        and counted.statistic = total.statistic
        and total.breakdown = 'total'
where counted.numerator <> total.numerator
