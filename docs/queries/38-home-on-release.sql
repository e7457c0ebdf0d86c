-- Of those released from custody, how many had an address before?
-- Board questions: 60.
select authority, period_label, share, share_of as releases
from figure_wide
where measure_id = 'releases_with_address' and period_kind = 'rolling_4q' and breakdown = 'total'
    and area_type = 'county' and periods_ago between 0 and 3
order by authority, period_label;
