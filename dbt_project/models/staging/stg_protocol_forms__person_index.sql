select
    sender as authority,
    record_id as form_record_id,
    person_id,
    date_of_birth,
    data_date,
    received_at,
    load_id,
    row_number
from {{ source('landing', 'protocol_forms__person_index') }}
