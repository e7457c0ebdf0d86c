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
] -%}

{% for model in counted -%}
    select * from {{ ref(model) }}
    {% if not loop.last -%}
        union all
    {% endif -%}
{%- endfor %}
