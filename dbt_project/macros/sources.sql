{#
    Where a source is read from: as dbt has it, or what the engine has instead. dbt looks for a macro of this name; the
    lineage comes from the call of dbt's own.
#}
{% macro source(source_name, table_name) -%}
    {{ return(adapter.dispatch('read_source', 'lasting_homes')(builtins.source(source_name, table_name))) }}
{%- endmacro %}

{# DuckDB, on one file or on a lake, has the current rows as tables; Spark reads them as Parquet files. #}
{% macro duckdb__read_source(relation) -%}
    {{ return(relation) }}
{%- endmacro %}

{% macro default__read_source(relation) -%}
    {{ return('parquet.`' ~ env_var('LASTING_HOMES_ROWS') ~ '/' ~ relation.schema ~ '/' ~ relation.identifier ~ '.parquet`') }}
{%- endmacro %}
