-- How do former unaccompanied children fare beside others?
-- Board questions: 58, 59.
select authority, former_uasc,
    count(*) as people,
    count(*) filter (kind_of_home = 'not_known') as home_not_known,
    count(*) filter (kind_of_home in ('bed_and_breakfast', 'temporary_or_emergency', 'no_fixed_abode')) as unsettled,
    count(*) filter (registered) as registered,
    count(*) filter (open_homelessness_case) as homeless
from person
where in_scope
group by all
order by authority, former_uasc;
