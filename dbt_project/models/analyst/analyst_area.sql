select
    authority,
    area_code,
    area_name,
    area_type,
    sort_order
from {{ ref('dim_area') }}
