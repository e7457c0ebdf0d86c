-- How many moved into supported homes, and what share of everyone is there?
-- Board questions: 33.
-- Section 11 of the Kent protocol, second measure.
select moves.authority, moves.period_label, moves.people as moved_in,
    now.people as live_there_now, now.cohort, round(now.people / now.cohort, 3) as share
from figure_wide as moves
join (
    select authority, value as people, denominator as cohort
    from figure
    where measure_id = 'accommodation_now' and breakdown = 'kind_of_home' and breakdown_value = 'supported'
        and statistic = 'people' and period_kind = 'quarter' and area_type = 'county' and periods_ago = 0
) as now using (authority)
where moves.measure_id = 'supported_moves' and moves.period_kind = 'quarter' and moves.breakdown = 'total'
    and moves.area_type = 'county' and moves.periods_ago = 0
order by authority;
