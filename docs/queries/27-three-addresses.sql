-- What share has had three or more homes since leaving care?
-- Board questions: 45.
select authority, period_label, share, share_of
from figure_wide
where measure_id = 'addresses_since_leaving' and period_kind = 'quarter' and breakdown = 'total'
    and area_type = 'county' and periods_ago between 0 and 7
order by authority, period_label;
