select
    sender as district,
    case_ref,
    support_need,
    load_id,
    row_number
from {{ source('landing', 'homelessness__support_needs') }}
where support_need is not null
