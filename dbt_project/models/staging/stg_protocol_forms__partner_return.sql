select
    sender as authority,
    record_id as form_record_id,
    received_on,
    district_gss,
    quarter,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'protocol_forms__partner_return') }}
where received_on <= data_date
