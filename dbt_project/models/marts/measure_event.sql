{%- set counted = [
    'measure__private_sector_moves',
    'measure__supported_moves',
    'measure__social_moves',
    'measure__tenure_not_known_moves',
    'measure__homeless_presentations',
    'measure__homeless_presentations_case_system_only',
    'measure__bnb_nights',
    'measure__bnb_stays',
    'measure__accommodation_now',
    'measure__in_touch',
    'measure__turning_18',
    'measure__releases_with_address',
    'measure__second_chances',
    'measure__breakdown_alerts',
    'measure__home_survey_share',
    'measure__home_survey_feels_safe',
    'measure__home_survey_rates_positively',
    'measure__escalations',
    'measure__protocol_coverage',
    'measure__partner_returns_received',
    'obligation_event',
] -%}

{% for model in counted -%}
    select * from {{ ref(model) }}
    {% if not loop.last -%}
        union all
    {% endif -%}
{%- endfor %}
