select
    sender as scheme,
    offer_ref,
    application_ref,
    sign_up_on,
    local_authority_gss,
    load_id,
    row_number
from {{ source('landing', 'lettings__offers') }}
where
    offered_on <= data_date
    and sign_up_on <= data_date
