select
    sender as authority,
    record_id as form_record_id,
    person_id,
    decided_on,
    origin_gss,
    host_gss,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'protocol_forms__local_connection') }}
where decided_on <= data_date
