-- Were people registered before their 18th birthday?
-- Board questions: 40.
select authority, district_name,
    count(*) as applications,
    count(*) filter (age_at_registration < 18) as before_18
from register_application
group by all
order by authority, district_name;
