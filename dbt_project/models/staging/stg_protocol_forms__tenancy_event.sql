select
    sender as authority,
    record_id as form_record_id,
    person_id,
    event_date,
    tenancy_ref,
    event,
    severity,
    reason,
    raised_by,
    {{ stated('tenancy_start') }} as tenancy_start,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'protocol_forms__tenancy_event') }}
where event_date <= data_date
