-- Why did tenancies end, and who was given a second chance?
-- Board questions: 48, 49.
select authority, title, breakdown_value as reason_or_outcome, events
from figure_wide
where measure_id in ('tenancies_ended', 'second_chances', 'breakdown_alerts')
    and breakdown = case measure_id
        when 'tenancies_ended' then 'reason' when 'second_chances' then 'outcome' else 'severity'
    end
    and period_kind = 'rolling_4q' and area_type = 'county' and periods_ago = 0 and events > 0
order by authority, title, events desc;
