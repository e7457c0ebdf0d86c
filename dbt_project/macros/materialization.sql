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
