with surveys as (
    select
        survey.authority,
        survey.person_key,
        survey.record_id,
        home.district,
        survey.asked_on as start_date,
        cast(null as date) as end_date,
        1 as quantity,
        survey.feels_safe as in_numerator,
        survey.asked_on as valued_on
    from {{ ref('fct_home_survey') }} as survey
    inner join {{ ref('dim_clock') }} as clock
        on survey.authority = clock.authority
    {{ join_home('survey', 'survey.asked_on', 'clock.as_at') }}
    where
        survey.answered_on is not null
        and survey.feels_safe is not null
)

{{ measure_event('home_survey_feels_safe', 'surveys', scope='protocol', share=true) }}
