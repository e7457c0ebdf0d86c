with meetings as (
    select
        authority,
        person_key,
        district,
        registered_on as day,
        record_id
    from {{ ref('fct_application') }}
    where district is not null
    union all
    select
        person.authority,
        cases.person_key,
        cases.district,
        cases.application_on as day,
        cases.record_id
    from {{ ref('fct_homelessness_case') }} as cases
    inner join {{ ref('dim_person') }} as person
        on cases.person_key = person.person_key
    union all
    select
        authority,
        person_key,
        district_gss as district,
        referred_on as day,
        record_id
    from {{ ref('fct_duty_to_refer') }}
    where
        district_gss is not null
        and referred_on is not null
),

ranked_meetings as (
    select
        authority,
        person_key,
        district,
        day,
        record_id,
        row_number() over (
            partition by authority, person_key, district
            order by day, record_id
        ) as place
    from meetings
),

first_meetings as (
    select
        authority,
        person_key,
        district,
        day,
        record_id
    from ranked_meetings
    where place = 1
),

first_consents as (
    select
        first_meetings.authority,
        first_meetings.person_key,
        first_meetings.district,
        min(consent.consent_given_on) as consent_given_on
    from first_meetings
    inner join {{ ref('fct_consent') }} as consent
        on
            first_meetings.authority = consent.authority
            and first_meetings.person_key = consent.person_key
            and first_meetings.district = consent.authority_gss_or_agency
            and coalesce(consent.scope, '') <> 'landlord'
            and (consent.consent_withdrawn_on is null or consent.consent_withdrawn_on > first_meetings.day)
    group by first_meetings.authority, first_meetings.person_key, first_meetings.district
),

promises as (
    select
        first_meetings.authority,
        first_meetings.person_key,
        first_meetings.record_id,
        first_meetings.district,
        first_meetings.day as trigger_date,
        first_meetings.day as due_date,
        first_consents.consent_given_on as met_date
    from first_meetings
    left join first_consents
        on
            first_meetings.authority = first_consents.authority
            and first_meetings.person_key = first_consents.person_key
            and first_meetings.district = first_consents.district
),

{{ obligation('consent_recorded', 'promises', scope='protocol_or_due_to_leave', area='given') }}
