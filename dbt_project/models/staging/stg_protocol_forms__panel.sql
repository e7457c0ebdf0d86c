select
    sender as authority,
    record_id as form_record_id,
    person_id,
    panel_date,
    district_gss,
    attended,
    planned_destination,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'protocol_forms__panel') }}
where panel_date <= data_date
