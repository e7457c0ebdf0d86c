select
    sender as authority,
    record_id as form_record_id,
    person_id,
    entered_on,
    planned_release_on,
    resettlement_review_on,
    address_on_release_known,
    {{ stated('resettlement_review_on') }} as resettlement_reviewed_on,
    {{ stated('released_on') }} as released_on,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'protocol_forms__custody') }}
where entered_on <= data_date
