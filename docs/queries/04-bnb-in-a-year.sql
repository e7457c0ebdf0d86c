-- How many were in bed and breakfast over the year, and was anybody under 18?
-- Board questions: 4.
-- People are counted once in the year, whatever the number of their stays.
select authority, breakdown_value as age, people, events as stays
from figure_wide
where measure_id = 'bnb_stays' and period_kind = 'rolling_4q' and breakdown in ('total', 'age_band') and periods_ago = 0
    and area_type = 'county'
order by authority, age;
