select
    sender as scheme,
    tenancy_ref,
    ended_on,
    reason,
    load_id,
    row_number
from {{ source('landing', 'lettings__tenancies_ended') }}
where ended_on <= data_date
