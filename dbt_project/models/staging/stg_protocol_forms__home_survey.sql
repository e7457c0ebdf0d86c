select
    sender as authority,
    record_id as form_record_id,
    person_id,
    asked_on,
    feels_safe,
    rates_home_positively,
    {{ stated('answered_on') }} as answered_on,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'protocol_forms__home_survey') }}
where asked_on <= data_date
