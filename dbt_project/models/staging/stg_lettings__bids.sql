select
    sender as scheme,
    application_ref,
    advert_ref,
    bid_on,
    load_id,
    row_number
from {{ source('landing', 'lettings__bids') }}
where bid_on <= data_date
