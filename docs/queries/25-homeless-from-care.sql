-- How many present as homeless when a placement ends, or within six months?
-- Board questions: 42.
select authority, period_label, breakdown_value as why, events as presentations, people
from figure_wide
where measure_id = 'homeless_from_care' and breakdown = 'care_reason' and period_kind = 'rolling_4q'
    and area_type = 'county' and periods_ago between 0 and 3
order by authority, period_label, why;
