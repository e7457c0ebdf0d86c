select
    load.load_id,
    load.family,
    load.table as extract_name,
    load.sender,
    load.data_date,
    load.received_at
from {{ source('landing', 'load') }} as load
