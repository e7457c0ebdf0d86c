-- Of whom is the home not known: contact, former UASC?
-- Board questions: 19, 27.
select authority, former_uasc, in_touch, count(*) as people, median(days_since_contact) as median_days_since_contact
from person
where in_scope and kind_of_home = 'not_known'
group by all
order by authority, people desc;
