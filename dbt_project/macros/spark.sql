{#
    How Spark keeps what is built: each model and seed a table of Parquet files in the session's warehouse folder.

    Spark puts a named query in wherever it is read, so that what is unrolled round by round doubles each time. Those
    marked by `worked_out_once` are written as tables of their own first and dropped when the model stands.
#}
{% materialization table, adapter='spark', supported_languages=['sql'] %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set steps = [] -%}
    {%- set query = with_steps_apart(compiled_code, this, steps) -%}
    {%- for step in steps %}
        {% do drop_if_known(step.table) %}
        {% do run_query('create table ' ~ step.table ~ ' using parquet as ' ~ step.query) %}
    {%- endfor %}
    {% do drop_if_known(target_relation) %}
    {% call statement('main') -%}
        create table {{ target_relation }} using parquet as {{ query }}
    {%- endcall %}
    {%- for step in steps %}
        {% do run_query('drop table ' ~ step.table) %}
    {%- endfor %}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{# Drops a table of an earlier run of the same session; dbt knows of all that there were when it began. #}
{% macro drop_if_known(relation) -%}
    {%- if load_cached_relation(relation) is not none -%}
        {%- do run_query('drop table if exists ' ~ relation) -%}
    {%- endif -%}
{%- endmacro %}


{#
    Splits a query at the named queries that are to be worked out once. Appends to `steps` each one's `table` and the
    `query` that fills it, in order, and returns what is left: a query that reads those tables.
#}
{% macro with_steps_apart(query, relation, steps) -%}
    {%- set mark = modules.re.compile('(\\w+) as /\\* worked out once \\*/ \\(') -%}
    {%- set state = namespace(query=query, found=mark.search(query)) -%}
    {%- for turn in range(1000) if state.found -%}
        {%- set name = state.found.group(1) -%}
        {%- set body_start = state.found.end() -%}
        {%- set depth = namespace(open=1, end=0) -%}
        {%- for bracket in modules.re.compile("[()]|'[^']*'|--[^\\n]*").finditer(state.query, body_start) if depth.open -%}
            {%- if bracket.group() == '(' -%}
                {%- set depth.open = depth.open + 1 -%}
            {%- elif bracket.group() == ')' -%}
                {%- set depth.open = depth.open - 1 -%}
                {%- set depth.end = bracket.start() -%}
            {%- endif -%}
        {%- endfor -%}
        {%- set before = state.query[:state.found.start()] -%}
        {%- set body = state.query[body_start:depth.end] -%}
        {%- set table = relation.incorporate(path={'identifier': relation.identifier ~ '__' ~ name}) -%}
        {#- The named queries before it stand before its body, unless it is the first, without the last comma. -#}
        {%- set named_before = modules.re.sub('(,|\\bwith)(\\s|--[^\\n]*\\n)*$', '', before) -%}
        {%- do steps.append({'table': table, 'query': named_before ~ '\n' ~ body}) -%}
        {%- set state.query = before ~ name ~ ' as (select * from ' ~ table ~ state.query[depth.end:] -%}
        {%- set state.found = mark.search(state.query) -%}
    {%- endfor -%}
    {{ return(state.query) }}
{%- endmacro %}


{#
    A seed as a view of its values: it costs Spark no job. dbt-spark's own way binds each value as text in which no
    apostrophe may stand.
#}
{% materialization seed, adapter='spark' %}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- set rows = load_agate_table() -%}
    {%- set types = model.config.get('column_types', {}) -%}
    {% call statement('main') -%}
        create or replace view {{ target_relation }} as
        select
            {%- for column in rows.column_names %}
            cast({{ column }} as {{ types.get(column, adapter.convert_type(rows, loop.index0)) | replace('varchar', 'string') }}) as {{ column }}
            {{- ',' if not loop.last }}
            {%- endfor %}
        from (
            {%- if rows.rows | length %}
            values
            {%- for row in rows.rows %}
            (
                {%- for value in row %}
                {{- 'null' if value is none else "'" ~ (value | string | replace('\\', '\\\\') | replace("'", "\\'")) ~ "'" }}
                {{- ', ' if not loop.last }}
                {%- endfor -%}
            ){{ ',' if not loop.last }}
            {%- endfor %}
            {%- else %}
            select {% for column in rows.column_names %}null{{ ', ' if not loop.last }}{% endfor %} where false
            {%- endif %}
        ) as rows ({{ rows.column_names | join(', ') }})
    {%- endcall %}
    {% do store_result('agate_table', response='OK', agate_table=rows) %}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
