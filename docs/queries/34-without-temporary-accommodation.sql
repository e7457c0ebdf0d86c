-- How many moved into a home of their own without temporary accommodation in the year before?
-- Board questions: 54.
select move.authority,
    count(*) as moves,
    count(*) filter (not exists (
        select 1
        from stay
        where counted = 'any_temporary_accommodation' and stay.authority = move.authority
            and stay.person_key = move.person_key
            and stay.entry_date between move.start_date - interval 12 month and move.start_date
    )) as without_temporary_accommodation
from move
where family = 'independent' and age_at_start between 18 and 24
group by all
order by authority;
