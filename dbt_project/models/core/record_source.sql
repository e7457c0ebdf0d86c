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
    union all
    select
        {{ record_id('person', ['authority', 'person_key']) }} as record_id,
        load_id,
        row_number
    from {{ ref('fct_person_statement') }}
    where source <> 'ssd'
),

sources as (
    select
        record_id,
        load_id,
        row_number
    from people
    union all
    select
        record_id,
        load_id,
        row_number
    from {{ ref('fct_form_spell') }}
    union all
    select
        record_id,
        load_id,
        row_number
    from {{ ref('fct_snapshot_spell') }}
    union all
    select
        record_id,
        load_id,
        row_number
    from {{ ref('fct_care_placement') }}
    union all
    select
        record_id,
        load_id,
        row_number
    from {{ ref('fct_letting') }}
    union all
    select
        record_id,
        load_id,
        row_number
    from {{ ref('fct_duty_end') }}
    union all
    select
        record_id,
        load_id,
        row_number
    from {{ ref('fct_homelessness_case') }}
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
