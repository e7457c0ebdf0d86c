select
    sender as authority,
    record_id as form_record_id,
    review_date,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'protocol_forms__protocol_review') }}
where review_date <= data_date
