{#
    The rows of one measure, with the columns of marts.measure_event (docs/seams.md).

    `events` has authority, person_key, record_id, district, start_date, end_date, quantity, valued_on (the day on
    which scope has been judged and the breakdowns are valued) and the columns named in `own`.
    `scope`: only rows whose person is in that scope on valued_on; none where the events are cut to scope already.
    A flow is not counted before the authority's monitoring_from (measures.md §1).
#}
{% macro measure_event(measure_id, events, scope=none, own=[]) -%}
    {%- set own_breakdowns = [
        'agreement', 'route', 'scheme', 'category', 'tier', 'ordinal', 'kind_of_home', 'suitability'
    ] -%}
    select
        '{{ measure_id }}' as measure_id,
        events.authority,
        events.person_key,
        {{ area_of('events.district', 'own_district') }} as area_code,
        events.start_date,
        events.end_date,
        events.quantity,
        true as in_numerator,
        events.record_id,
        case
            when {{ completed_years('person.date_of_birth', 'events.valued_on') }} < 18 then '16_17'
            when {{ completed_years('person.date_of_birth', 'events.valued_on') }} < 21 then '18_20'
            else '21_24'
        end as age_band,
        care_status.eligibility,
        person.former_uasc,
        person.sex,
        person.ethnic_group,
        person.disability,
        case
            when own_district.area_code is not null then 'in_county'
            when known_area.area_code is not null then 'outside_county'
            else 'not_known'
        end as home_area,
        {% for breakdown in own_breakdowns -%}
            {{ 'events.' ~ breakdown if breakdown in own else 'cast(null as string)' }} as {{ breakdown }}
            {{- ',' if not loop.last }}
        {% endfor %}
    from {{ events }} as events
    {%- if scope %}
    inner join {{ ref('fct_scope') }} as scope
        on
            events.authority = scope.authority
            and events.person_key = scope.person_key
            and scope.scope = '{{ scope }}'
            and events.valued_on >= scope.start_date
            and events.valued_on < scope.end_date
    {%- endif %}
    inner join {{ ref('dim_person') }} as person
        on
            events.authority = person.authority
            and events.person_key = person.person_key
    inner join {{ ref('fct_care_status') }} as care_status
        on
            events.authority = care_status.authority
            and events.person_key = care_status.person_key
            and events.valued_on >= care_status.start_date
            and events.valued_on < care_status.end_date
    inner join {{ ref('authority') }} as authority
        on events.authority = authority.authority
    left join {{ ref('dim_area') }} as own_district
        on
            events.authority = own_district.authority
            and own_district.area_type = 'district'
            and events.district = own_district.area_code
    left join {{ ref('area') }} as known_area
        on events.district = known_area.area_code
    where events.start_date >= authority.monitoring_from
{%- endmacro %}


{# A known district of the authority is itself, any other known one is outside, the rest is unknown (reading 10). #}
{% macro area_of(district, own_district) -%}
    case
        when {{ own_district }}.area_code is not null then {{ own_district }}.area_code
        when known_area.area_code is not null then 'outside_county'
        else 'unknown'
    end
{%- endmacro %}
