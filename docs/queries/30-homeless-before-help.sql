-- Were they already homeless when help began?
-- Board questions: 50.
select authority, category, count(*) as presentations
from homelessness_case
where counted_as_presentation
    and application_on >= (select min(period_start) from period where period_kind = 'rolling_4q' and periods_ago = 0)
group by all
order by authority, category;
