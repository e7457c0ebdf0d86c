-- Who is ready for a tenancy and still waiting, and for how long?
-- Board questions: 30.
select authority, area_name, breakdown_value as days_waiting, people
from figure_wide
where measure_id = 'ready_and_waiting' and period_kind = 'quarter' and breakdown = 'days_waiting' and periods_ago = 0
    and people > 0
order by authority, area_name, days_waiting;
