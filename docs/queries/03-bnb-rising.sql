-- Is the use of bed and breakfast rising? Nights and stays by quarter, two years.
-- Board questions: 3.
-- One quarter tells nothing: read the line, or the regression of the packs.
select authority, period_label,
    max(nights) filter (measure_id = 'bnb_nights') as nights,
    max(events) filter (measure_id = 'bnb_stays') as stays,
    max(people) filter (measure_id = 'bnb_stays') as people_who_entered
from figure_wide
where measure_id in ('bnb_nights', 'bnb_stays') and period_kind = 'quarter' and breakdown = 'total'
    and area_type = 'county' and periods_ago between 0 and 7
group by authority, period_label
order by authority, period_label;
