select
    sender as scheme,
    offer_ref,
    application_ref,
    property_ref,
    tenancy_ref,
    tenancy_start,
    offered_on,
    {{ stated('responded_on') }} as responded_on,
    {{ stated('sign_up_on') }} as sign_up_on,
    response,
    refusal_reasonable,
    route,
    needs_type,
    local_authority_gss,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'lettings__offers') }}
