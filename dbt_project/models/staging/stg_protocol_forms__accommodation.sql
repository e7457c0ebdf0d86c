select
    sender as authority,
    record_id as form_record_id,
    person_id,
    start_date,
    end_date,
    accommodation_code,
    tenure,
    suitability,
    postcode,
    district_gss,
    placed_by,
    end_reason,
    recorded_on,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'protocol_forms__accommodation') }}
where
    start_date <= data_date
    and (end_date is null or end_date > start_date)
