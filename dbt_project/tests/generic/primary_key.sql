{#
    The columns together identify a row: no combination stands twice, and none is null but those that `may_be_null`.
    Equal rows have equal hashes, so that only rows whose hash stands twice are compared column by column: grouping
    tens of millions of rows by eight texts takes several times as long and as much memory. Of a model that `is_coded`
    the codes are compared.
#}
{% test primary_key(model, columns, may_be_null=[], is_coded=false) %}
    {%- set rows = coded(model) if is_coded else model %}
    select
        {{ columns | join(', ') }},
        count(*) as rows_found
    from {{ rows }}
    where
        {{ row_hash(columns) }} in (
            select {{ row_hash(columns) }}
            from {{ rows }}
            group by {{ row_hash(columns) }}
            having count(*) > 1
        )
        {% for column in columns if column not in may_be_null %}
            or {{ column }} is null
        {% endfor %}
    group by {{ columns | join(', ') }}
    having
        count(*) > 1
        {% for column in columns if column not in may_be_null %}
            or {{ column }} is null
        {% endfor %}
{% endtest %}
