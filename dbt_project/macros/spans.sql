{# Spans of days, half-open, held as `start_date` and `end_date` that are never null. #}

{# Spans of a relation that touch or overlap become one island. The relation has the columns of `by`. #}
{% macro merge_spans(relation, by) -%}
    {%- set keys = by | join(', ') -%}
    select
        {{ keys }},
        min(start_date) as start_date,
        max(end_date) as end_date
    from (
        select
            {{ keys }},
            start_date,
            end_date,
            sum(begins_island) over (
                partition by {{ keys }}
                order by start_date, end_date
                rows between unbounded preceding and current row
            ) as island
        from (
            select
                {{ keys }},
                start_date,
                end_date,
                case
                    when start_date <= max(end_date) over (
                        partition by {{ keys }}
                        order by start_date, end_date
                        rows between unbounded preceding and 1 preceding
                    ) then 0
                    else 1
                end as begins_island
            from {{ relation }}
        ) as spans_in_order
    ) as spans_by_island
    group by {{ keys }}, island
{%- endmacro %}


{#
    What is left of each span of a relation after the days of the islands are taken out.
    `by`: columns of both that say whose days they are; `keep`: columns of the relation that its remains carry.
    The relation has `span_number`, unique. The islands neither touch nor overlap (merge_spans).
#}
{% macro subtract_spans(relation, islands, by, keep) -%}
    select
        {{ keep | join(', ') }},
        start_date as span_start_date,
        gap_start as start_date,
        gap_end as end_date
    from (
        select
            {{ keep | join(', ') }},
            start_date,
            gap_start,
            coalesce(
                lead(island_start) over (partition by span_number order by island_start),
                end_date
            ) as gap_end
        from (
            select
                span_number,
                {{ keep | join(', ') }},
                start_date,
                end_date,
                start_date as gap_start,
                {{ beginning_of_time() }} as island_start
            from {{ relation }}
            union all
            select
                spans.span_number,
                {% for column in keep %}spans.{{ column }}, {% endfor %}
                spans.start_date,
                spans.end_date,
                islands.end_date as gap_start,
                greatest(islands.start_date, spans.start_date) as island_start
            from {{ relation }} as spans
            inner join {{ islands }} as islands
                on
                    {% for column in by %}spans.{{ column }} = islands.{{ column }} and {% endfor %}
                    islands.start_date < spans.end_date
                    and islands.end_date > spans.start_date
        ) as gap_starts
    ) as gaps
    where gap_start < gap_end
{%- endmacro %}
