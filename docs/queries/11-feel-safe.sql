-- What share feels safe at home, and of how many answers?
-- Board questions: 15, 69.
-- Never tell the share without the number of answers.
select authority, title, period_label, share, share_of as answers
from figure_wide
where measure_id in ('home_survey_share', 'home_survey_feels_safe', 'home_survey_rates_positively')
    and period_kind = 'rolling_4q' and breakdown = 'total' and area_type = 'county' and periods_ago = 0
order by authority, title;
