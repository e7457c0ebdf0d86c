{# The columns of marts.measure_event that hold the breakdowns of some measures only (decision 8, reading 47). #}
{% macro own_breakdowns() -%}
    {{ return([
        'agreement', 'route', 'scheme', 'category', 'tier', 'ordinal', 'kind_of_home', 'suitability',
        'counted_from', 'days_waiting', 'months_after', 'outcome', 'reason', 'homes_begun', 'placement_type',
        'limit_nights', 'dependent_children', 'care_reason', 'duty', 'into_private_sector', 'refusal', 'told_before',
        'band', 'rank', 'at_care_leaver_band', 'bedroom_need', 'reasonable', 'registration', 'since_tests_lifted',
        'whose', 'register', 'in_touch', 'last_contact', 'planned_destination', 'rebanded', 'arrears_plan',
        'severity', 'raised_by', 'resolution', 'stage_reached', 'obligation_status'
    ]) }}
{%- endmacro %}


{# The columns of marts.measure_event that hold the breakdowns of every measure about people. #}
{% macro common_breakdowns() -%}
    {{ return(['age_band', 'eligibility', 'former_uasc', 'sex', 'ethnic_group', 'disability', 'home_area']) }}
{%- endmacro %}


{#
    The rows of one measure about people, with the columns of marts.measure_event (docs/seams.md).

    `events` has authority, person_key, record_id, district, start_date, end_date, quantity, valued_on (the day on
    which scope has been judged and the breakdowns are valued) and the columns named in `own`; of a share also
    in_numerator (true, false or, where a row belongs to neither, null).
    `scope`: only rows whose person is in that scope on valued_on; none where the events are cut to scope already.
    A flow is not counted before the authority's monitoring_from (measures.md §1).
#}
{% macro measure_event(measure_id, events, scope=none, own=[], share=false) -%}
    select
        '{{ measure_id }}' as measure_id,
        events.authority,
        events.person_key,
        {{ area_of('events.district', 'own_district') }} as area_code,
        events.start_date,
        events.end_date,
        events.quantity,
        {{ 'events.in_numerator' if share else 'true as in_numerator' }},
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
        {{ home_area_of('own_district') }} as home_area,
        {{ own_columns(own) }}
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
    {{ join_area('events') }}
    where events.start_date >= authority.monitoring_from
{%- endmacro %}


{#
    The rows of one measure about records or districts: the same columns, without a person and what belongs to one.
    `events` has authority, record_id, district, start_date, end_date, quantity and the columns named in `own`; of a
    share also in_numerator.
#}
{% macro record_event(measure_id, events, own=[], share=false) -%}
    select
        '{{ measure_id }}' as measure_id,
        events.authority,
        cast(null as string) as person_key,
        {{ area_of('events.district', 'own_district') }} as area_code,
        events.start_date,
        events.end_date,
        events.quantity,
        {{ 'events.in_numerator' if share else 'true as in_numerator' }},
        events.record_id,
        {% for breakdown in common_breakdowns() -%}
            cast(null as string) as {{ breakdown }},
        {% endfor -%}
        {{ own_columns(own) }}
    from {{ events }} as events
    inner join {{ ref('authority') }} as authority
        on events.authority = authority.authority
    {{ join_area('events') }}
    where events.start_date >= authority.monitoring_from
{%- endmacro %}


{#
    The own breakdowns of a measure, null for those it does not have; `stated_as` says where one is taken from that its
    relation does not call so.
#}
{% macro own_columns(own, stated_as={}) -%}
    {% for breakdown in own_breakdowns() -%}
        {% if breakdown in stated_as -%}
            {{ stated_as[breakdown] }} as {{ breakdown }}
        {%- else -%}
            {{ 'events.' ~ breakdown if breakdown in own else 'cast(null as string) as ' ~ breakdown }}
        {%- endif %}
        {{- ',' if not loop.last }}
    {% endfor %}
{%- endmacro %}


{# Joins the area of a relation's `district`: own_district where it is one of the authority's, known_area if any. #}
{% macro join_area(events) -%}
    left join {{ ref('dim_area') }} as own_district
        on
            {{ events }}.authority = own_district.authority
            and own_district.area_type = 'district'
            and {{ events }}.district = own_district.area_code
    left join {{ ref('area') }} as known_area
        on {{ events }}.district = known_area.area_code
{%- endmacro %}


{# A known district of the authority is itself, any other known one is outside, the rest is unknown (reading 10). #}
{% macro area_of(district, own_district) -%}
    case
        when {{ own_district }}.area_code is not null then {{ own_district }}.area_code
        when known_area.area_code is not null then 'outside_county'
        else 'unknown'
    end
{%- endmacro %}


{# Whether that area lies in the county (reading 9). #}
{% macro home_area_of(own_district) -%}
    case
        when {{ own_district }}.area_code is not null then 'in_county'
        when known_area.area_code is not null then 'outside_county'
        else 'not_known'
    end
{%- endmacro %}


{# Days in bands: `0_to_28`, `29_to_91`, `92_or_more` (decision 8, reading 44). #}
{% macro band_of_days(days) -%}
    case
        when {{ days }} <= 28 then '0_to_28'
        when {{ days }} <= 91 then '29_to_91'
        else '92_or_more'
    end
{%- endmacro %}
