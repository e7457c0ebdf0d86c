select
    sender as authority,
    record_id as form_record_id,
    person_id,
    contact_date,
    district_gss,
    contact_type,
    adviser_present,
    declined,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'protocol_forms__housing_contact') }}
where contact_date <= data_date
