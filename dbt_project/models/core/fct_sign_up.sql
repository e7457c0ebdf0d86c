select
    person.authority,
    person.person_key,
    {{ record_id('offer', ['sign_up.scheme', 'sign_up.offer_ref']) }} as record_id,
    sign_up.scheme,
    coalesce(sign_up.local_authority_gss, application.district) as district,
    sign_up.sign_up_on,
    sign_up.load_id,
    sign_up.row_number
from {{ ref('stg_lettings__sign_ups') }} as sign_up
inner join {{ ref('stg_identity__person_link') }} as person_link
    on
        person_link.family = 'lettings'
        and person_link.extract_name = 'applications'
        and sign_up.scheme = person_link.sender
        and sign_up.application_ref = person_link.source_ref
inner join {{ ref('dim_person') }} as person
    on person_link.person_key = person.person_key
left join {{ ref('fct_application') }} as application
    on
        person.authority = application.authority
        and sign_up.scheme = application.scheme
        and sign_up.application_ref = application.application_ref
