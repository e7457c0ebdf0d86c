-- How many young people are in bed and breakfast now, by district?
-- Board questions: 1.
-- A stock on the last day of the latest month that has ended.
select authority, area_name, last_day, people, coverage
from figure_wide
where measure_id = 'bnb_now' and period_kind = 'month' and breakdown = 'total' and periods_ago = 0
order by authority, area_name;
