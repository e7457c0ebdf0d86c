-- Were stays in bed and breakfast approved, and was the adviser told, in time?
-- Board questions: 6.
select authority, title, status, count(*) as entries
from obligation
where obligation_id in ('bnb_approval', 'bnb_told_adviser', 'bnb_move_on')
group by all
order by authority, title, status;
