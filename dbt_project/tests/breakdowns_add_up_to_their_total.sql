-- Where people are not counted twice (events, nights, the stock), the values of every breakdown add up to the total:
-- accommodation by kind of home and by suitability adds up to everyone in scope.
with counted as (
    select
        measure_id,
        authority,
        area_code,
        period_kind,
        period_label,
        statistic,
        breakdown,
        sum(numerator) as numerator
    from {{ ref('measure_observation') }}
    where
        statistic in ('events', 'nights')
        or measure_id = 'accommodation_now'
    group by measure_id, authority, area_code, period_kind, period_label, statistic, breakdown
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
