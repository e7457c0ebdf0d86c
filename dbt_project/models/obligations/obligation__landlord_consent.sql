with first_consents as (
    select
        sign_up.authority,
        sign_up.record_id,
        min(consent.consent_given_on) as consent_given_on
    from {{ ref('fct_sign_up') }} as sign_up
    inner join {{ ref('fct_consent') }} as consent
        on
            sign_up.authority = consent.authority
            and sign_up.person_key = consent.person_key
            and consent.scope = 'landlord'
            and (consent.consent_withdrawn_on is null or consent.consent_withdrawn_on > sign_up.sign_up_on)
    group by sign_up.authority, sign_up.record_id
),

promises as (
    select
        sign_up.authority,
        sign_up.person_key,
        sign_up.record_id,
        sign_up.district,
        sign_up.sign_up_on as trigger_date,
        sign_up.sign_up_on as due_date,
        first_consents.consent_given_on as met_date
    from {{ ref('fct_sign_up') }} as sign_up
    left join first_consents
        on
            sign_up.authority = first_consents.authority
            and sign_up.record_id = first_consents.record_id
),

{{ obligation('landlord_consent', 'promises', area='given') }}
