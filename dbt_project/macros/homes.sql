{#
    Joins the home that holds on a day, null where none is known (which reads not_known, area unknown; reading 23).
    For a stock `day` is the day itself; for a flow or an obligation pass `data_date`, that of the authority's latest
    snapshot, up to which homes are known (decision 8, reading 40).
#}
{% macro join_home(events, day, data_date=none, home='home') -%}
    {%- set on_day = 'least(' ~ day ~ ', ' ~ data_date ~ ')' if data_date else day -%}
    left join {{ ref('fct_home_in_force') }} as {{ home }}
        on
            {{ events }}.authority = {{ home }}.authority
            and {{ events }}.person_key = {{ home }}.person_key
            and {{ on_day }} >= {{ home }}.start_date
            and {{ on_day }} < {{ home }}.end_date
{%- endmacro %}
