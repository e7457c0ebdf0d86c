{#
    The district of a postcode on a day: the longest prefix of the seed postcode_area that fits.
    The relation has `number_column`, unique. Gives (number_column, district) for postcodes that are known.
#}
{% macro district_of_postcode(relation, number_column, postcode, day) -%}
    select
        {{ number_column }},
        district
    from (
        select
            placed.{{ number_column }},
            postcode_area.district_gss as district,
            row_number() over (
                partition by placed.{{ number_column }}
                order by prefix_lengths.prefix_length desc
            ) as preference
        from {{ relation }} as placed
        cross join (
            select distinct length(prefix) as prefix_length
            from {{ ref('postcode_area') }}
        ) as prefix_lengths
        inner join {{ ref('postcode_area') }} as postcode_area
            on
                postcode_area.prefix = substring(placed.{{ postcode }}, 1, prefix_lengths.prefix_length)
                and length(postcode_area.prefix) = prefix_lengths.prefix_length
                and placed.{{ day }} >= coalesce(postcode_area.valid_from, {{ beginning_of_time() }})
                and placed.{{ day }} <= coalesce(postcode_area.valid_to, {{ end_of_time() }})
    ) as fitting
    where preference = 1
{%- endmacro %}
