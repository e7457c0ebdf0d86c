{#
    The columns that a `coded_table` stores as codes of a type, and which texts each may hold: what figures are told of,
    measure by measure. A breakdown has the values that the seed lists and those that were found.
#}
{% macro texts_of_codes() -%}
    {{ return({
        'measure_id': 'select distinct measure_id from ' ~ ref('dim_measure'),
        'definition_version': 'select distinct cast(definition_version as varchar) from ' ~ ref('dim_measure'),
        'authority': 'select distinct authority from ' ~ ref('dim_area'),
        'area_code': 'select distinct area_code from ' ~ ref('dim_area'),
        'period_kind': 'select distinct period_kind from ' ~ ref('dim_period'),
        'period_label': 'select distinct period_label from ' ~ ref('dim_period'),
        'breakdown': 'select distinct breakdown from ' ~ ref('breakdown_value'),
        'breakdown_value': _texts_of_breakdowns(),
        'statistic': "values ('people'), ('events'), ('nights'), ('median'), ('p90'), ('share')",
        'coverage': "values ('complete'), ('partial'), ('not_available')",
    }) }}
{%- endmacro %}

{% macro _texts_of_breakdowns() -%}
    select breakdown_value from {{ ref('breakdown_value') }} where breakdown_value is not null
    {% for breakdown in common_breakdowns() + own_breakdowns() -%}
        union
        select {{ breakdown }} from {{ ref('measure_event') }} where {{ breakdown }} is not null
    {% endfor %}
{%- endmacro %}


{% macro code_columns() -%}
    {{ return([
        'measure_id', 'definition_version', 'authority', 'area_code', 'period_kind', 'period_label', 'breakdown',
        'breakdown_value', 'statistic', 'coverage'
    ]) }}
{%- endmacro %}


{% macro code_type(column) -%}
    {{ return('marts.code_of_' ~ column) }}
{%- endmacro %}


{# The stored table of a `coded_table`, whose texts are codes; in a unit test the rows that the test gives. #}
{% macro coded(relation) -%}
    {%- if model.resource_type == 'unit_test' -%}
        {{ return(relation) }}
    {%- endif -%}
    {{ return(relation.incorporate(path={'identifier': relation.identifier ~ '_coded'}, type='table')) }}
{%- endmacro %}
