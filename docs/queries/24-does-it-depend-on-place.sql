-- Does the wait for a home depend on where one lives?
-- Board questions: 39.
-- Median days from the first registration to a home of one’s own; read the number of moves beside it.
select authority, area_name, median as median_days, p90, denominator as moves
from (
    select authority, area_name,
        max(value) filter (statistic = 'median') as median,
        max(value) filter (statistic = 'p90') as p90,
        max(denominator) filter (statistic = 'median') as denominator
    from figure
    where measure_id = 'days_to_home' and breakdown = 'counted_from' and breakdown_value = 'registration'
        and period_kind = 'rolling_4q' and periods_ago = 0
    group by all
)
order by authority, median_days desc nulls last;
