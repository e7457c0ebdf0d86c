select
    sender as authority,
    record_id as form_record_id,
    person_id,
    known_on,
    district_gss,
    {{ stated('referred_on') }} as referred_on,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'protocol_forms__duty_to_refer') }}
where known_on <= data_date
