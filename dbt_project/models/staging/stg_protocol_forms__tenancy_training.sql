select
    sender as authority,
    record_id as form_record_id,
    person_id,
    completed_on,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'protocol_forms__tenancy_training') }}
where completed_on <= data_date
