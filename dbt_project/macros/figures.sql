{# What figures need that each engine calls by a name of its own. #}

{# The middle value, or another quantile, of an aggregate's numbers, between two neighbours in proportion. #}
{% macro quantile(expression, share) -%}
    {{ return(adapter.dispatch('quantile', 'lasting_homes')(expression, share)) }}
{%- endmacro %}

{# DuckDB and Spark have the same aggregate under two names. #}
{% macro duckdb__quantile(expression, share) -%}
    quantile_cont({{ expression }}, {{ share }})
{%- endmacro %}

{% macro default__quantile(expression, share) -%}
    percentile({{ expression }}, {{ share }})
{%- endmacro %}


{# A number for each row, in no order, no two the same. #}
{% macro any_number() -%}
    {{ return(adapter.dispatch('any_number', 'lasting_homes')()) }}
{%- endmacro %}

{# DuckDB counts rows as they come; Spark would gather all rows in one place for that, and numbers each part apart. #}
{% macro duckdb__any_number() -%}
    row_number() over ()
{%- endmacro %}

{% macro default__any_number() -%}
    monotonically_increasing_id()
{%- endmacro %}


{# One row for each word of a text, in the place of the column. #}
{% macro one_row_per_word(text) -%}
    {{ return(adapter.dispatch('one_row_per_word', 'lasting_homes')(text)) }}
{%- endmacro %}

{# DuckDB unnests a list, Spark explodes an array. #}
{% macro duckdb__one_row_per_word(text) -%}
    unnest(string_split({{ text }}, ' '))
{%- endmacro %}

{% macro default__one_row_per_word(text) -%}
    explode(split({{ text }}, ' '))
{%- endmacro %}
