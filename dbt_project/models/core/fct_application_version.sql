{%- set stated = ['band', 'band_on', 'renewed_on', 'care_leaver_flag', 'names_adviser', 'bedroom_need'] -%}

-- Files that say the same of an application one after the other are one version.
with marked_files as (
    select
        scheme,
        application_ref,
        {% for column in stated -%}
            {{ column }},
        {% endfor -%}
        data_date,
        load_id,
        row_number,
        {% for column in stated -%}
            lag({{ column }}) over (partition by scheme, application_ref order by data_date) as {{ column }}_before,
        {% endfor -%}
        row_number() over (partition by scheme, application_ref order by data_date) as file_number
    from {{ ref('stg_lettings__applications_history') }}
),

versions as (
    select
        scheme,
        application_ref,
        {% for column in stated -%}
            {{ column }},
        {% endfor -%}
        case when file_number = 1 then {{ beginning_of_time() }} else data_date end as start_date,
        data_date as first_data_date,
        load_id,
        row_number
    from marked_files
    where
        file_number = 1
        {% for column in stated -%}
            or {{ column }} is distinct from {{ column }}_before
        {% endfor %}
)

select
    {{ record_id('application', ['scheme', 'application_ref']) }} as record_id,
    start_date,
    coalesce(
        lead(start_date) over (partition by scheme, application_ref order by start_date), {{ end_of_time() }}
    ) as end_date,
    first_data_date,
    {% for column in stated -%}
        {{ column }},
    {% endfor -%}
    load_id,
    row_number
from versions
