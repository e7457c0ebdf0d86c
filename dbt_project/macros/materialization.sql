{#
    A build begins with an empty database and is published whole or not at all, so a table is made in one statement:
    no other name first, no renaming, nothing of an older build to drop. dbt's own way costs as much again as the
    statement on small tables, and there are some two hundred of them.
#}
{% materialization table, adapter='duckdb', supported_languages=['sql'] %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {% call statement('main') -%}
        create or replace table {{ target_relation }} as (
            {{ compiled_code }}
        )
    {%- endcall %}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{#
    A table of millions of rows whose texts are few, stored with a code for each text (`code_columns`) beside a view of
    its name, which has the columns and texts of the query. To write a text in every row costs several times what it
    costs to find the row, and codes are compared faster than texts; `coded` gives the stored table to models that gain
    by it. `makes_codes` says that the codes themselves are made first. The view names no database, because the file is
    called otherwise once it is published.
#}
{% materialization coded_table, adapter='duckdb', supported_languages=['sql'] %}
    {%- set view = this.incorporate(type='view') -%}
    {%- set stored = coded(this) -%}
    {%- set columns = run_query('describe ' ~ compiled_code).columns[0].values() -%}
    {% call statement('main') -%}
        {%- if config.get('makes_codes') -%}
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
                {{ compiled_code }}
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
