-- Who are those in unsuitable accommodation, by kind of home?
-- Board questions: 10, 12.
select authority, kind_of_home, count(distinct person_key) as people
from marts.measure_event
where measure_id = 'accommodation_now' and suitability = 'unsuitable'
    and start_date = (select max(last_day) from period where period_kind = 'quarter' and periods_ago = 0)
group by all
order by authority, people desc;
