select
    sender as district,
    case_ref,
    placement_ref,
    accommodation_type,
    entry_on,
    exit_on,
    placed_in_gss,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'homelessness__placements') }}
where
    entry_on <= data_date
    and (exit_on is null or exit_on > entry_on)
