select
    sender as authority,
    record_id as form_record_id,
    person_id,
    recorded_on,
    preferred_district_gss,
    planned_move_date,
    planned_destination,
    {{ stated('tenancy_ready_on') }} as tenancy_ready_on,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'protocol_forms__readiness') }}
