select
    authority,
    {{ record_id('spoc', ['authority', 'form_record_id']) }} as record_id,
    district_gss,
    from_date,
    to_date,
    load_id,
    row_number
from {{ ref('stg_protocol_forms__spoc') }}
