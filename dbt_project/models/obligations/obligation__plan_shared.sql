-- Kent asks once, at the first registration; Lancashire at each registration and each half year after it.
with first_registrations as (
    select
        application.authority,
        application.record_id,
        row_number() over (
            partition by application.authority, application.person_key
            order by application.registered_on, application.scheme, application.application_ref
        ) as place
    from {{ ref('fct_application') }} as application
),

asked as (
    select
        sharing.authority,
        sharing.person_key,
        sharing.record_id,
        sharing.district,
        sharing.trigger_date,
        sharing.previous_date
    from {{ ref('fct_plan_sharing') }} as sharing
    inner join {{ ref('dim_clock') }} as clock
        on sharing.authority = clock.authority
    left join first_registrations
        on
            sharing.authority = first_registrations.authority
            and case when sharing.step = 0 then sharing.application_record_id end = first_registrations.record_id
            and first_registrations.place = 1
    where
        clock.protocol_letter = 'L'
        or (clock.protocol_letter = 'K' and first_registrations.record_id is not null)
),

sharings as (
    select
        asked.authority,
        asked.record_id,
        min(plan.housing_section_shared_on) as housing_section_shared_on
    from asked
    inner join {{ ref('fct_pathway_plan') }} as plan
        on
            asked.authority = plan.authority
            and asked.person_key = plan.person_key
            and (plan.shared_with_gss is null or plan.shared_with_gss = asked.district)
            and plan.housing_section_shared_on > coalesce(asked.previous_date, {{ beginning_of_time() }})
    group by asked.authority, asked.record_id
),

consents as (
    select distinct
        asked.authority,
        asked.record_id
    from asked
    inner join {{ ref('fct_consent') }} as consent
        on
            asked.authority = consent.authority
            and asked.person_key = consent.person_key
            and asked.district = consent.authority_gss_or_agency
            and coalesce(consent.scope, '') <> 'landlord'
            and asked.trigger_date >= consent.consent_given_on
            and (consent.consent_withdrawn_on is null or consent.consent_withdrawn_on > asked.trigger_date)
),

promises as (
    select
        asked.authority,
        asked.person_key,
        asked.record_id,
        asked.district,
        asked.trigger_date,
        asked.trigger_date as due_date,
        sharings.housing_section_shared_on as met_date,
        consents.record_id is not null as is_consented
    from asked
    left join sharings
        on
            asked.authority = sharings.authority
            and asked.record_id = sharings.record_id
    left join consents
        on
            asked.authority = consents.authority
            and asked.record_id = consents.record_id
),

{{ obligation('plan_shared', 'promises', scope='protocol_or_due_to_leave', area='given', consent_matters=true) }}
