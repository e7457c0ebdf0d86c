-- A bid or an offer belongs to the person whose application it names; where the offer does not say where the home lies,
-- the register's council does.
select
    person.authority,
    person.person_key,
    {{ record_id('offer', ['offer.scheme', 'offer.offer_ref']) }} as record_id,
    offer.scheme,
    offer.application_ref,
    coalesce(offer.local_authority_gss, application.local_authority_gss) as district,
    offer.offered_on,
    offer.response,
    offer.responded_on,
    offer.refusal_reasonable,
    offer.sign_up_on,
    offer.load_id,
    offer.row_number
from {{ ref('stg_lettings__offers') }} as offer
inner join {{ ref('stg_lettings__applications') }} as application
    on
        offer.scheme = application.scheme
        and offer.application_ref = application.application_ref
inner join {{ ref('stg_identity__person_link') }} as person_link
    on
        person_link.family = 'lettings'
        and person_link.extract_name = 'applications'
        and offer.scheme = person_link.sender
        and offer.application_ref = person_link.source_ref
inner join {{ ref('dim_person') }} as person
    on person_link.person_key = person.person_key
where offer.offered_on <= offer.data_date
