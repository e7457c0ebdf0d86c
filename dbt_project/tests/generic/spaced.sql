{#
    Of the rows that share the columns of `by`, two that count lie more than `days` apart, and one that does not count
    lies within `days` after one that does. Fails too when macro kept_when_spaced ran out of rounds.
#}
{% test spaced(model, by, day, days) %}
    select *
    from (
        select
            {{ by | join(', ') }},
            {{ day }},
            is_counted,
            max(case when is_counted then {{ day }} end) over (
                partition by {{ by | join(', ') }}
                order by {{ day }}, record_id
                rows between unbounded preceding and 1 preceding
            ) as last_counted
        from {{ model }}
    ) as walked
    where
        (is_counted and {{ day }} <= {{ add_days('last_counted', days) }})
        or (
            not is_counted
            and (last_counted is null or {{ day }} > {{ add_days('last_counted', days) }})
        )
{% endtest %}
