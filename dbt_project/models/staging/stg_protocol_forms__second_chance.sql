select
    sender as authority,
    record_id as form_record_id,
    person_id,
    assessed_on,
    outcome,
    {{ stated('rebanded_on') }} as rebanded_on,
    {{ stated('arrears_plan_on') }} as arrears_plan_on,
    {{ stated('arrears_cleared_on') }} as arrears_cleared_on,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'protocol_forms__second_chance') }}
where assessed_on <= data_date
