with attended_sign_ups as (
    select distinct
        authority,
        person_key,
        contact_date
    from {{ ref('fct_housing_contact') }}
    where
        contact_type = 'sign_up'
        and (adviser_present or declined)
),

-- A sign-up stands in the area of its offer, known or not; a viewing without a district in that of the home.
promises as (
    select
        sign_up.authority,
        sign_up.person_key,
        sign_up.record_id,
        coalesce(sign_up.district, 'unknown') as district,
        sign_up.sign_up_on as trigger_date,
        sign_up.sign_up_on as due_date,
        attended_sign_ups.contact_date as met_date
    from {{ ref('fct_sign_up') }} as sign_up
    left join attended_sign_ups
        on
            sign_up.authority = attended_sign_ups.authority
            and sign_up.person_key = attended_sign_ups.person_key
            and sign_up.sign_up_on = attended_sign_ups.contact_date
    union all
    select
        authority,
        person_key,
        record_id,
        district_gss as district,
        contact_date as trigger_date,
        contact_date as due_date,
        case when adviser_present or declined then contact_date end as met_date
    from {{ ref('fct_housing_contact') }}
    where contact_type = 'viewing'
),

{{ obligation('adviser_at_viewing', 'promises', area='given_or_home') }}
