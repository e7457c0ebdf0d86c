{#
    The district of a postcode on a day: the longest prefix of the seed postcode_area that fits. The beginnings are worked
    out before they are looked up, lest every postcode be compared with every prefix.
    The relation has `number_column`, unique. Gives (number_column, district) for postcodes that are known.
#}
{% macro district_of_postcode(relation, number_column, postcode, day) -%}
    with beginnings as {{ worked_out_first() }} (
        select
            placed.{{ number_column }},
            placed.{{ day }} as placed_on,
            prefix_lengths.prefix_length,
            substring(placed.{{ postcode }}, 1, prefix_lengths.prefix_length) as beginning
        from {{ relation }} as placed
        cross join (
            select distinct length(prefix) as prefix_length
            from {{ ref('postcode_area') }}
        ) as prefix_lengths
        where placed.{{ postcode }} is not null
    )

    select
        {{ number_column }},
        district
    from (
        select
            beginnings.{{ number_column }},
            postcode_area.district_gss as district,
            row_number() over (
                partition by beginnings.{{ number_column }}
                order by beginnings.prefix_length desc
            ) as preference
        from beginnings
        inner join {{ ref('postcode_area') }} as postcode_area
            on
                beginnings.beginning = postcode_area.prefix
                and beginnings.prefix_length = length(postcode_area.prefix)
                and beginnings.placed_on >= coalesce(postcode_area.valid_from, {{ beginning_of_time() }})
                and beginnings.placed_on <= coalesce(postcode_area.valid_to, {{ end_of_time() }})
    ) as fitting
    where preference = 1
{%- endmacro %}
