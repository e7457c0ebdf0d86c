{# A date that lies after the file's own data date is not known yet: it is read as null (decision 8, reading 37). #}
{% macro stated(column) -%}
    case when {{ column }} <= data_date then {{ column }} end
{%- endmacro %}


{# The current rows of a protocol form about people whom the case system knows, each with its deterministic id. #}
{% macro person_form(form, columns) -%}
    select
        form.authority,
        alias.person_key,
        {{ record_id(form, ['form.authority', 'form.form_record_id']) }} as record_id,
        {% for column in columns -%}
            form.{{ column }},
        {% endfor -%}
        form.load_id,
        form.row_number
    from {{ ref('stg_protocol_forms__' ~ form) }} as form
    inner join {{ ref('stg_identity__person_alias') }} as alias
        on
            form.authority = alias.authority
            and form.person_id = alias.person_id
{%- endmacro %}
