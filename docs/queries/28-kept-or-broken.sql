-- Of homes begun, how many were kept at 3, 6 and 12 months?
-- Board questions: 46.
-- A planned move is neither kept nor broken, and is left out of the share.
select authority, breakdown_value as months_after, share, share_of
from figure_wide
where measure_id = 'tenancies_sustained' and period_kind = 'rolling_4q' and breakdown = 'months_after'
    and area_type = 'county' and periods_ago = 0
order by authority, cast(months_after as int);
