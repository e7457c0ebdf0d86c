with ranked_applications as (
    select
        authority,
        person_key,
        record_id,
        district,
        registered_on,
        row_number() over (
            partition by authority, person_key
            order by registered_on, scheme, application_ref
        ) as place
    from {{ ref('fct_application') }}
),

documents as (
    select
        authority,
        person_key,
        min(photo_or_birth_seen_on) as photo_or_birth_seen_on,
        min(ni_number_known_on) as ni_number_known_on,
        min(income_proof_seen_on) as income_proof_seen_on
    from {{ ref('fct_identity_documents') }}
    group by authority, person_key
),

-- All three are needed: the last of them to be seen meets the promise.
promises as (
    select
        registration.authority,
        registration.person_key,
        registration.record_id,
        registration.district,
        registration.registered_on as trigger_date,
        registration.registered_on as due_date,
        case
            when
                documents.photo_or_birth_seen_on is not null
                and documents.ni_number_known_on is not null
                and documents.income_proof_seen_on is not null
                then greatest(
                    documents.photo_or_birth_seen_on,
                    documents.ni_number_known_on,
                    documents.income_proof_seen_on
                )
        end as met_date
    from ranked_applications as registration
    left join documents
        on
            registration.authority = documents.authority
            and registration.person_key = documents.person_key
    where registration.place = 1
),

{{ obligation('identity_documents', 'promises', scope='protocol_or_due_to_leave', area='given') }}
