select
    sender as authority,
    child as person_id,
    sex,
    dob as date_of_birth,
    data_date,
    received_at,
    load_id,
    row_number
from {{ source('landing', 'case_system__ssda903_uasc') }}
