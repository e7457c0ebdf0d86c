{{ person_form('home_survey', ['asked_on', 'feels_safe', 'rates_home_positively', 'answered_on']) }}
