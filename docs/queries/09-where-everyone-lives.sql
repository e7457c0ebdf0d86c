-- Where does everyone live, in a table that adds up to the cohort?
-- Board questions: 11, 18.
-- The last line is the cohort; the others add up to it.
select authority, breakdown_value as kind_of_home, value as people, denominator as cohort
from figure
where measure_id = 'accommodation_now' and statistic = 'people' and period_kind = 'quarter' and area_type = 'county'
    and periods_ago = 0 and breakdown in ('kind_of_home', 'total')
order by authority, breakdown, people desc;
