-- How many live in each district, by age?
-- Board questions: 22, 41.
select authority, coalesce(district_name, 'outside the county or not known') as lives_in,
    count(*) filter (age between 16 and 17) as aged_16_17,
    count(*) filter (age between 18 and 20) as aged_18_20,
    count(*) filter (age between 21 and 24) as aged_21_24
from person
where in_scope or age between 16 and 17
group by all
order by authority, lives_in;
