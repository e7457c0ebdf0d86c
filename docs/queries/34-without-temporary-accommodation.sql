-- How many moved into a home of their own without temporary accommodation in the year before?
-- Board questions: 54.
-- Moves that the measures of private and social homes count in the year to the latest quarter. A stay counts against
-- a move when one of its nights is in the twelve months before.
select event.authority,
    count(*) as moves,
    count(*) filter (not exists (
        select 1
        from stay
        where stay.counted = 'any_temporary_accommodation' and stay.authority = event.authority
            and stay.person_key = event.person_key
            and stay.entry_date < event.start_date
            and stay.exit_date > event.start_date - interval 12 month
    )) as without_temporary_accommodation
from marts.measure_event as event
join period
    on period.authority = event.authority and event.start_date between period.period_start and period.last_day
    and period.period_kind = 'rolling_4q' and period.periods_ago = 0
where event.measure_id in ('private_sector_moves', 'social_moves')
group by event.authority
order by event.authority;
