select
    sender as authority,
    record_id as form_record_id,
    person_id,
    raised_on,
    recorded_on,
    dispute_id,
    stage,
    district_gss,
    {{ stated('resolved_on') }} as resolved_on,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'protocol_forms__escalation') }}
where raised_on <= data_date
