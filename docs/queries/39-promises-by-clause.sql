-- Which promises are kept, by clause?
-- Board questions: 38, 66.
-- The share kept in time, with what it is told of.
select authority, measure.clause, figure_wide.title, share as kept_in_time, share_of as fell_due
from figure_wide
join measure using (measure_id)
where measure.is_obligation and period_kind = 'rolling_4q' and breakdown = 'total' and area_type = 'county' and periods_ago = 0
order by authority, kept_in_time nulls last;
