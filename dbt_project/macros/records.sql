{# The deterministic id of a record: md5 over its kind and parts (decision 2, reading 4); a null part is empty. #}
{% macro record_id(kind, parts) -%}
    {{ md5_hex("'" ~ kind ~ "'" ~ _joined_parts(parts)) }}
{%- endmacro %}

{% macro _joined_parts(parts) -%}
    {%- for part in parts %} || '|' || coalesce(cast({{ part }} as string), ''){% endfor -%}
{%- endmacro %}


{# Lower-case hex md5 of a text. #}
{% macro md5_hex(expression) -%}
    {{ return(adapter.dispatch('md5_hex', 'lasting_homes')(expression)) }}
{%- endmacro %}

{# DuckDB's md5 takes text; Spark's takes bytes, and which bytes must be said. #}
{% macro duckdb__md5_hex(expression) -%}
    md5({{ expression }})
{%- endmacro %}

{% macro default__md5_hex(expression) -%}
    md5(encode({{ expression }}, 'UTF-8'))
{%- endmacro %}


{# The last value that is not null within a window, the window given as its text. #}
{% macro last_known(expression, over) -%}
    {{ return(adapter.dispatch('last_known', 'lasting_homes')(expression, over)) }}
{%- endmacro %}

{# DuckDB writes `ignore nulls` inside the call, Spark behind it. #}
{% macro duckdb__last_known(expression, over) -%}
    last_value({{ expression }} ignore nulls) over ({{ over }})
{%- endmacro %}

{% macro default__last_known(expression, over) -%}
    last_value({{ expression }}) ignore nulls over ({{ over }})
{%- endmacro %}


{# A whole number of 64 bits that equal rows of these columns have in common; others may, too. #}
{% macro row_hash(columns) -%}
    {{ return(adapter.dispatch('row_hash', 'lasting_homes')(columns)) }}
{%- endmacro %}

{# DuckDB's hash takes any number of values. #}
{% macro duckdb__row_hash(columns) -%}
    hash({{ columns | join(', ') }})
{%- endmacro %}

{% macro default__row_hash(columns) -%}
    xxhash64({{ columns | join(', ') }})
{%- endmacro %}
