{%- set traced = [
    'fct_form_spell',
    'fct_snapshot_spell',
    'fct_care_placement',
    'fct_application',
    'fct_bid',
    'fct_offer',
    'fct_letting',
    'fct_duty',
    'fct_duty_end',
    'fct_other_authority_record',
    'fct_homelessness_case',
    'fct_bnb_approval',
    'fct_consent',
    'fct_custody',
    'fct_duty_to_refer',
    'fct_escalation',
    'fct_home_survey',
    'fct_housing_contact',
    'fct_identity_documents',
    'fct_intentionality',
    'fct_local_connection',
    'fct_panel',
    'fct_partner_return',
    'fct_pathway_plan',
    'fct_pathway_plan_review',
    'fct_period_of_care',
    'fct_plan_sharing',
    'fct_protocol_review',
    'fct_readiness',
    'fct_registration_date',
    'fct_second_chance',
    'fct_sign_up',
    'fct_spoc_cover',
    'fct_tenancy_event',
    'fct_tenancy_training',
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
    union all
    select
        {{ record_id('person', ['authority', 'person_key']) }} as record_id,
        load_id,
        row_number
    from {{ ref('fct_person_statement') }}
    where source <> 'ssd'
),

-- What a district's own record rests on: its single point of contact and its returns.
districts as (
    select
        {{ record_id('district', ['authority', 'district_gss']) }} as record_id,
        load_id,
        row_number
    from {{ ref('fct_spoc_cover') }}
    union all
    select
        {{ record_id('district', ['authority', 'district_gss']) }} as record_id,
        load_id,
        row_number
    from {{ ref('fct_partner_return') }}
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
    from districts
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
        end_record_id as record_id,
        load_id,
        row_number
    from {{ ref('fct_duty') }}
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
