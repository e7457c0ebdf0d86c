select
    person.authority,
    person.person_key,
    {{ record_id('bid', ['bid.scheme', 'bid.application_ref', 'bid.advert_ref']) }} as record_id,
    bid.scheme,
    application.local_authority_gss as district,
    bid.bid_on,
    bid.load_id,
    bid.row_number
from {{ ref('stg_lettings__bids') }} as bid
inner join {{ ref('stg_lettings__applications') }} as application
    on
        bid.scheme = application.scheme
        and bid.application_ref = application.application_ref
inner join {{ ref('stg_identity__person_link') }} as person_link
    on
        person_link.family = 'lettings'
        and person_link.extract_name = 'applications'
        and bid.scheme = person_link.sender
        and bid.application_ref = person_link.source_ref
inner join {{ ref('dim_person') }} as person
    on person_link.person_key = person.person_key
