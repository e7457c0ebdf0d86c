{#
    The looked-after placement that covers a day, and the district in which it lies on that day.

    The relation has `number_column`, unique, authority, person_key and `day`. Of several placements the one that began
    last is taken. Gives `<name>` (number_column, record_id, district), one row per day that a placement covers.
#}
{% macro placement_covering(name, relation, number_column) -%}
    {{ name }}_ranked as (
        select
            asked.{{ number_column }},
            asked.day,
            placement.record_id,
            placement.postcode,
            row_number() over (
                partition by asked.{{ number_column }}
                order by placement.start_date desc, placement.record_id asc
            ) as place
        from {{ relation }} as asked
        inner join {{ ref('fct_care_placement') }} as placement
            on
                asked.authority = placement.authority
                and asked.person_key = placement.person_key
                and placement.start_date <= asked.day
                and (placement.is_open or placement.end_date > asked.day)
    ),

    {{ name }}_latest as (
        select
            {{ number_column }},
            day,
            record_id,
            postcode
        from {{ name }}_ranked
        where place = 1
    ),

    {{ name }}_district as (
        {{ district_of_postcode(name ~ '_latest', number_column, 'postcode', 'day') }}
    ),

    {{ name }} as (
        select
            latest.{{ number_column }},
            latest.record_id,
            districts.district
        from {{ name }}_latest as latest
        left join {{ name }}_district as districts
            on latest.{{ number_column }} = districts.{{ number_column }}
    )
{%- endmacro %}
