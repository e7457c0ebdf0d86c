select
    sender as authority,
    record_id as form_record_id,
    from_date,
    district_gss,
    {{ stated('to_date') }} as to_date,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'protocol_forms__spoc') }}
where from_date <= data_date
