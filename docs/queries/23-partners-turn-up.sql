-- Which districts have a named contact and send their returns?
-- Board questions: 37, 43.
select authority, area_name, measure_id, share
from figure_wide
where measure_id in ('protocol_coverage', 'partner_returns_received') and period_kind = 'quarter'
    and breakdown = 'total' and periods_ago = 0 and area_type <> 'unknown'
order by authority, area_name, measure_id;
