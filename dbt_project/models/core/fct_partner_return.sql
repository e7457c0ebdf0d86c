select
    authority,
    {{ record_id('partner_return', ['authority', 'form_record_id']) }} as record_id,
    district_gss,
    quarter,
    received_on,
    load_id,
    row_number
from {{ ref('stg_protocol_forms__partner_return') }}
