-- Were they already homeless when help began?
-- Board questions: 50.
-- Of the year to the latest quarter; those outside the protocol's ages are in homelessness_case, not here.
select authority, breakdown_value as category, events as presentations, people
from figure_wide
where measure_id = 'homeless_presentations' and breakdown = 'category' and period_kind = 'rolling_4q'
    and area_type = 'county' and periods_ago = 0
order by authority, category;
