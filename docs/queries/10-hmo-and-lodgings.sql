-- How is suitability recorded for each kind of home?
-- Board questions: 13, 14.
select authority, kind_of_home, suitability, count(distinct person_key) as people
from marts.measure_event
where measure_id = 'accommodation_now'
    and start_date = (select max(last_day) from period where period_kind = 'quarter' and periods_ago = 0)
group by all
order by authority, kind_of_home, suitability;
