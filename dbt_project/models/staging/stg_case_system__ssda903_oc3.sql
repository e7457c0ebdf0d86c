select
    sender as authority,
    child as person_id,
    dob as date_of_birth,
    in_touch,
    activ as activity,
    accom as oc3_accommodation,
    data_date,
    received_at,
    load_id,
    row_number
from {{ source('landing', 'case_system__ssda903_oc3__history') }}
