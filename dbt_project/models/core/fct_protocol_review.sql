select
    authority,
    {{ record_id('protocol_review', ['authority', 'form_record_id']) }} as record_id,
    review_date,
    load_id,
    row_number
from {{ ref('stg_protocol_forms__protocol_review') }}
