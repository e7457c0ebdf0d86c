select
    sender as publisher,
    data_date as published_on,
    table_id,
    period as period_label,
    period_end,
    area_gss,
    measure as category,
    value as figure,
    value_status as figure_status,
    load_id,
    row_number
from {{ source('landing', 'published__statutory_homelessness') }}
