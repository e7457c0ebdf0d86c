-- How long did each stay in bed and breakfast last?
-- Board questions: 5.
-- Nights are counted once however many services tell of them.
select authority, entry_date, nights, tier, age_at_entry,
    case when nights > 42 then 'over 6 weeks' when nights > 3 then 'over 3 nights' else '3 nights or fewer' end as length
from stay
where counted = 'bed_and_breakfast'
order by nights desc, authority, entry_date;
