-- How many have no fixed abode, and for how many nights?
-- Board questions: 52.
select authority, period_label,
    max(people) filter (measure_id = 'no_fixed_abode_now') as people_on_the_last_day,
    max(nights) filter (measure_id = 'no_fixed_abode_nights') as nights
from figure_wide
where measure_id in ('no_fixed_abode_now', 'no_fixed_abode_nights') and period_kind = 'month' and breakdown = 'total'
    and area_type = 'county' and periods_ago between 0 and 11
group by all
order by authority, period_label;
