-- What share has lived in the present home for a year or longer?
-- Board questions: 44.
select authority, breakdown, breakdown_value, share, share_of
from figure_wide
where measure_id = 'settled_12_months' and period_kind = 'quarter' and breakdown in ('total', 'kind_of_home')
    and area_type = 'county' and periods_ago = 0 and share_of > 0
order by authority, breakdown desc, share;
