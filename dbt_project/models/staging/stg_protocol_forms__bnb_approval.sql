select
    sender as authority,
    record_id as form_record_id,
    person_id,
    entry_date,
    {{ stated('approved_on') }} as approved_on,
    {{ stated('adviser_told_on') }} as adviser_told_on,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'protocol_forms__bnb_approval') }}
where entry_date <= data_date
