{%- set measures = [
    'private_sector_moves',
    'supported_moves',
    'social_moves',
    'tenure_not_known_moves',
    'homeless_presentations',
    'homeless_presentations_case_system_only',
    'bnb_nights',
    'bnb_stays',
    'accommodation_now',
] -%}

{% for measure in measures -%}
    select * from {{ ref('measure__' ~ measure) }}
    {% if not loop.last -%}
        union all
    {% endif -%}
{%- endfor %}
