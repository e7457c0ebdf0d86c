{# A model is called as its file, but the tables of the schema `analyst` are called without its prefix: analyst.person. #}
{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
    {{ custom_alias_name or node.name.removeprefix('analyst_') }}
{%- endmacro %}
