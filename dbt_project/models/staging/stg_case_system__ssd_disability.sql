select
    sender as authority,
    disa_table_id as disability_id,
    disa_person_id as person_id,
    disa_disability_code as disability,
    data_date,
    received_at,
    load_id,
    row_number
from {{ source('landing', 'case_system__ssd_disability') }}
