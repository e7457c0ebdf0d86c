{# The columns together identify a row: no combination stands twice, and none is null but those that `may_be_null`. #}
{% test primary_key(model, columns, may_be_null=[]) %}
    select
        {{ columns | join(', ') }},
        count(*) as rows_found
    from {{ model }}
    group by {{ columns | join(', ') }}
    having
        count(*) > 1
        {% for column in columns if column not in may_be_null %}
            or {{ column }} is null
        {% endfor %}
{% endtest %}
