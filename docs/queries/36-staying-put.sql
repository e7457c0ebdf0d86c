-- What share of those fostered at 18 is staying put?
-- Board questions: 56.
select authority, period_label, share, share_of
from figure_wide
where measure_id = 'staying_put_share' and period_kind = 'quarter' and breakdown = 'total' and area_type = 'county'
    and periods_ago between 0 and 7
order by authority, period_label;
