select
    obligation_id,
    authority,
    person_key,
    area_code,
    clause,
    trigger_date,
    due_date,
    met_date,
    waived_reason,
    quantity,
    record_id,
    status
from {{ ref('obligation_promise') }}
