-- Which districts put care leavers into the band that was promised, in time?
-- Board questions: 35, 36, 40.
select authority, area_name, status, count(*) as applications
from obligation
where obligation_id = 'top_band'
group by all
order by authority, area_name, status;
