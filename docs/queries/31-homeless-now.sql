-- Who is homeless now, by last contact?
-- Board questions: 51.
-- Person keys only: names are in the restricted database.
select authority, person_key, adviser, kind_of_home, days_since_contact, promises_overdue
from person
where in_scope
    and (open_homelessness_case or kind_of_home in ('no_fixed_abode', 'temporary_or_emergency', 'bed_and_breakfast'))
order by days_since_contact desc nulls first;
