-- What is known of those aged 21 and over?
-- Board questions: 20, 21.
select authority, age,
    count(*) as people,
    count(*) filter (in_scope) as in_scope,
    count(*) filter (in_touch = 'YES') as in_touch,
    count(*) filter (kind_of_home = 'not_known') as home_not_known
from person
where age >= 21
group by all
order by authority, age;
