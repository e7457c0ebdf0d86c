{#
    Where a source is read from: as dbt has it, or what the engine has instead. dbt looks for a macro of this name; the
    lineage comes from the call of dbt's own.
#}
{% macro source(source_name, table_name) -%}
    {{ return(adapter.dispatch('read_source', 'lasting_homes')(builtins.source(source_name, table_name))) }}
{%- endmacro %}

{# DuckDB, on one file or on a lake, has the current rows as tables already; Spark is told of their files first. #}
{% macro duckdb__read_source(relation) -%}
    {{ return(relation) }}
{%- endmacro %}

{% macro default__read_source(relation) -%}
    {{ return(relation.schema ~ '.' ~ relation.identifier) }}
{%- endmacro %}


{#
    Before anything is built, tells an engine where the tables of the sources lie. A table of that name that is there
    already fails the run: its rows would be those of another build.
#}
{% macro declare_sources() -%}
    {{ return(adapter.dispatch('declare_sources', 'lasting_homes')()) }}
{%- endmacro %}

{# They are in DuckDB's own file; Spark would look at each Parquet file anew wherever it is named. #}
{% macro duckdb__declare_sources() -%}
{%- endmacro %}

{% macro default__declare_sources() -%}
    {%- if execute %}
        {%- for schema in graph.sources.values() | map(attribute='schema') | unique %}
            {% do run_query('create schema if not exists ' ~ schema) %}
        {%- endfor %}
        {%- for source in graph.sources.values() %}
            {%- set files = env_var('LASTING_HOMES_ROWS') ~ '/' ~ source.schema ~ '/' ~ source.identifier %}
            {% do run_query(
                'create table ' ~ source.schema ~ '.' ~ source.identifier ~ ' using parquet location '
                ~ "'" ~ files | replace('\\', '\\\\') | replace("'", "\\'") ~ "'"
            ) %}
        {%- endfor %}
    {%- endif %}
{%- endmacro %}
