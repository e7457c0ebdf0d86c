select
    sender as authority,
    child as person_id,
    decom as start_date,
    dec as end_date,
    rne as start_reason,
    place as placement_type,
    pl_post as postcode,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'case_system__ssda903_episodes') }}
where decom <= data_date
