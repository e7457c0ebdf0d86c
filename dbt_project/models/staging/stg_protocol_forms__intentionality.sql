select
    sender as authority,
    record_id as form_record_id,
    person_id,
    considered_on,
    case_ref,
    district_gss,
    outcome,
    {{ stated('decided_on') }} as decided_on,
    {{ stated('adviser_told_on') }} as adviser_told_on,
    {{ stated('young_person_told_on') }} as young_person_told_on,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'protocol_forms__intentionality') }}
where considered_on <= data_date
