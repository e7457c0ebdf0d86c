-- Was the duty to refer kept in time?
-- Board questions: 55.
select authority, area_name, status, count(*) as times
from obligation
where obligation_id = 'duty_to_refer'
group by all
order by authority, area_name, status;
