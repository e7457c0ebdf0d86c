{# Of the rows that share the columns of `by`, no two cover the same day; an end that is null is open. #}
{% test spans_do_not_overlap(model, by) %}
    select *
    from (
        select
            {{ by | join(', ') }},
            start_date,
            max(coalesce(end_date, {{ end_of_time() }})) over (
                partition by {{ by | join(', ') }}
                order by start_date, end_date
                rows between unbounded preceding and 1 preceding
            ) as covered_until
        from {{ model }}
    ) as spans
    where start_date < covered_until
{% endtest %}
