-- How many turn 18 in each of the next eight quarters, and where are they to live?
-- Board questions: 28, 29.
select authority, period_label, breakdown_value as planned_destination, people
from figure_wide
where measure_id = 'turning_18' and breakdown = 'planned_destination' and area_type = 'county' and people > 0
order by authority, period_label, planned_destination;
