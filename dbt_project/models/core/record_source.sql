{%- set traced = [
    'fct_form_spell',
    'fct_snapshot_spell',
    'fct_care_placement',
    'fct_application',
    'fct_letting',
    'fct_duty_end',
    'fct_homelessness_case',
] -%}

with people as (
    select
        {{ record_id('person', ['alias.authority', 'alias.person_key']) }} as record_id,
        person.load_id,
        person.row_number
    from {{ ref('stg_case_system__ssd_person') }} as person
    inner join {{ ref('stg_identity__person_alias') }} as alias
        on
            person.authority = alias.authority
            and person.person_id = alias.person_id
),

sources as (
    select
        record_id,
        load_id,
        row_number
    from people
    {% for model in traced -%}
        union all
        select
            record_id,
            load_id,
            row_number
        from {{ ref(model) }}
    {% endfor -%}
    union all
    select
        record_id,
        load_id,
        row_number
    from {{ ref('fct_temporary_accommodation_placement') }}
    where source = 'homelessness'
)

select distinct
    record_id,
    load_id,
    row_number
from sources
