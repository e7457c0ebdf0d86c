with first_approvals as (
    select
        authority,
        person_key,
        entry_date,
        min(approved_on) as approved_on
    from {{ ref('fct_bnb_approval') }}
    group by authority, person_key, entry_date
),

promises as (
    select
        form.authority,
        form.person_key,
        form.record_id,
        form.district,
        form.start_date as trigger_date,
        form.start_date as due_date,
        first_approvals.approved_on as met_date
    from {{ ref('fct_form_spell') }} as form
    left join first_approvals
        on
            form.authority = first_approvals.authority
            and form.person_key = first_approvals.person_key
            and form.start_date = first_approvals.entry_date
    where
        form.accommodation_code = 'W'
        and form.placed_by = 'county'
),

{{ obligation('bnb_approval', 'promises', area='given', contact_matters=false) }}
