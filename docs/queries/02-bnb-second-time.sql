-- For how many was a stay in bed and breakfast not the first in twelve months?
-- Board questions: 2.
-- ordinal is 1 for a first stay.
select authority, last_day, breakdown_value as ordinal, events as stays, people
from figure_wide
where measure_id = 'bnb_stays' and period_kind = 'rolling_4q' and breakdown = 'ordinal' and periods_ago = 0
    and area_type = 'county'
order by authority, ordinal;
