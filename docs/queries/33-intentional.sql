-- How many were found intentionally homeless, and were adviser and young person told before?
-- Board questions: 53.
select authority, period_label, breakdown_value as told_before, events as decisions
from figure_wide
where measure_id = 'intentional_decisions' and breakdown = 'told_before' and period_kind = 'rolling_4q'
    and area_type = 'county' and periods_ago between 0 and 3
order by authority, period_label, told_before;
