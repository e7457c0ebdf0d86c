select
    sender as scheme,
    offer_ref,
    application_ref,
    property_ref,
    tenancy_ref,
    tenancy_start,
    route,
    needs_type,
    local_authority_gss,
    load_id,
    row_number
from {{ source('landing', 'lettings__offers') }}
where
    response = 'accepted'
    and tenancy_start <= data_date
