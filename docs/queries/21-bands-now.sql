-- In which bands are those on the register now?
-- Board questions: 40.
select authority, scheme, coalesce(band, 'not known') as band, count(*) as applications
from register_application
where closed_on is null
group by all
order by authority, scheme, applications desc;
