select
    sender as authority,
    child as person_id,
    sex,
    ethnic as ethnicity,
    dob as date_of_birth,
    data_date,
    received_at,
    load_id,
    row_number
from {{ source('landing', 'case_system__ssda903_header') }}
