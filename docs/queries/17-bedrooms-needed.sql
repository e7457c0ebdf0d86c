-- What size of home do those on the register need, by district?
-- Board questions: 31.
select authority, area_name, breakdown_value as bedrooms, events as applications
from figure_wide
where measure_id = 'on_register' and period_kind = 'quarter' and breakdown = 'bedroom_need' and periods_ago = 0
    and events > 0
order by authority, area_name, bedrooms;
