select
    sender as authority,
    immi_immigration_status_id as immigration_status_id,
    immi_person_id as person_id,
    immi_immigration_status as immigration_status,
    data_date,
    received_at,
    load_id,
    row_number
from {{ source('landing', 'case_system__ssd_immigration_status') }}
