{# What a stock is taken of: the days on which a period ends, and who is in scope on them. #}

{# Each day on which a period of one of the kinds ends, once per authority. #}
{% macro period_ends(kinds) -%}
    select distinct
        authority,
        last_day as day
    from {{ ref('dim_period') }}
    where period_kind in ('{{ kinds | join("', '") }}')
{%- endmacro %}


{# Everyone in scope on each of those days. #}
{% macro people_in_scope(kinds=['quarter'], scope='protocol') -%}
    select
        scope.authority,
        scope.person_key,
        days.day
    from (
        {{ period_ends(kinds) }}
    ) as days
    inner join {{ ref('fct_scope') }} as scope
        on
            days.authority = scope.authority
            and scope.scope = '{{ scope }}'
            and days.day >= scope.start_date
            and days.day < scope.end_date
{%- endmacro %}


{#
    From which day on open records hide others in stocks, as CTEs: an open looked-after placement hides form and
    snapshot spells from its start on, and an open form spell hides snapshot spells, however much later than their data
    dates the day is.
#}
{% macro open_records() -%}
    open_care as (
        select
            authority,
            person_key,
            min(start_date) as start_date
        from {{ ref('fct_care_placement') }}
        where is_open
        group by authority, person_key
    ),

    open_form as (
        select
            authority,
            person_key,
            min(start_date) as start_date
        from {{ ref('fct_form_spell') }}
        where is_open
        group by authority, person_key
    )
{%- endmacro %}


{# The day from which a fragment of that source is hidden; open_care and open_form are joined to it. #}
{% macro hidden_from(source) -%}
    case
        when {{ source }} = 'care_placement' then {{ end_of_time() }}
        when {{ source }} = 'form' then coalesce(open_care.start_date, {{ end_of_time() }})
        else least(
            coalesce(open_care.start_date, {{ end_of_time() }}),
            coalesce(open_form.start_date, {{ end_of_time() }})
        )
    end
{%- endmacro %}
