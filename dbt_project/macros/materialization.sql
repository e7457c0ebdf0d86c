{#
    A build begins with an empty database and is published whole or not at all, so a table is made in one statement:
    no other name first, no renaming, nothing of an older build to drop. dbt's own way costs as much again as the
    statement on small tables, and there are some two hundred of them.
#}
{% materialization table, adapter='duckdb', supported_languages=['sql'] %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {% call statement('main') -%}
        create or replace table {{ target_relation }} as (
            {{ made_here_or_taken(compiled_code) }}
        )
    {%- endcall %}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{#
    A table of millions of rows whose texts are few, stored in schema `coded` with a code for each text (`code_columns`),
    and a view of its name with the columns and texts of the query. To write a text in every row costs several times
    what it costs to find the row, and codes are compared faster than texts; `coded` gives the stored table to models
    that gain by it. `makes_codes` says that the codes themselves are made first. The view names no database, because
    the file is called otherwise once it is published.
#}
{% materialization coded_table, adapter='duckdb', supported_languages=['sql'] %}
    {%- set view = this.incorporate(type='view') -%}
    {%- set stored = coded(this) -%}
    {%- set columns = run_query('describe ' ~ compiled_code).columns[0].values() -%}
    {% call statement('main') -%}
        create schema if not exists coded;
        {% if config.get('makes_codes') -%}
            {% for column, texts in texts_of_codes().items() -%}
                create or replace type {{ code_type(column) }} as enum ({{ texts }});
            {% endfor %}
        {%- endif -%}
        create or replace table {{ stored }} as (
            select
                {% for column in columns -%}
                    {{ 'cast(' ~ column ~ ' as ' ~ code_type(column) ~ ') as ' if column in code_columns() }}{{ column }}
                    {{- ',' if not loop.last }}
                {% endfor %}
            from (
                {{ made_here_or_taken(compiled_code) }}
            ) as uncoded
        );
        create or replace view {{ view.include(database=false) }} as (
            select
                {% for column in columns -%}
                    {{ 'cast(' ~ column ~ ' as varchar) as ' if column in code_columns() }}{{ column }}
                    {{- ',' if not loop.last }}
                {% endfor %}
            from {{ stored.include(database=false) }}
        )
    {%- endcall %}
    {{ adapter.commit() }}
    {{ return({'relations': [view]}) }}
{% endmaterialization %}


{#
    The query of a model, or, where another engine has made its rows (variable `made_elsewhere`: `tables`, the folder;
    `models`, the names), one that reads those, in the columns and types of the query.
#}
{% macro made_here_or_taken(query) -%}
    {%- set made = var('made_elsewhere', none) -%}
    {%- if made is none or model.name not in made.models -%}
        {{ return(query) }}
    {%- endif -%}
    {%- set files = (made.tables ~ '/' ~ model.schema ~ '.db/' ~ model.name ~ '/*.parquet') | replace("'", "''") -%}
    {%- set columns = run_query('describe ' ~ query) -%}
    select
        {% for column in columns.rows -%}
            cast("{{ column[0] }}" as {{ column[1] }}) as "{{ column[0] }}"{{ ',' if not loop.last }}
        {% endfor %}
    from read_parquet('{{ files }}')
{%- endmacro %}
