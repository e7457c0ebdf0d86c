-- How fresh are the figures, and which are not complete?
-- Board questions: 61, 62.
select authority, coverage, min(as_at) as oldest_data, max(as_at) as newest_data, count(distinct measure_id) as measures
from figure
where period_kind = 'quarter' and breakdown = 'total' and periods_ago = 0
group by all
order by authority, coverage;
