-- Who places in bed and breakfast, the county or the districts?
-- Board questions: 1, 42.
select authority, period_label, breakdown_value as placed_by, nights, people
from figure_wide
where measure_id = 'bnb_nights' and period_kind = 'quarter' and breakdown = 'tier' and area_type = 'county'
    and periods_ago between 0 and 3
order by authority, period_label, placed_by;
