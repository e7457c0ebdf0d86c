-- Who are those in unsuitable accommodation, by kind of home?
-- Board questions: 10, 12.
-- On the last day of the latest quarter that has ended, of each county by its own data.
select event.authority, event.kind_of_home, count(distinct event.person_key) as people
from marts.measure_event as event
join period
    on period.authority = event.authority and period.last_day = event.start_date
    and period.period_kind = 'quarter' and period.periods_ago = 0
where event.measure_id = 'accommodation_now' and event.suitability = 'unsuitable'
group by all
order by authority, people desc;
