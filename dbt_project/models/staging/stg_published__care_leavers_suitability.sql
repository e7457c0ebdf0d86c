select
    sender as publisher,
    data_date as published_on,
    time_period as period_label,
    coalesce(local_authority_gss, region_gss, country_gss) as area_gss,
    age as age_label,
    cast(null as string) as published_group,
    accommodation_suitability as category,
    number as figure,
    number_status as figure_status,
    percentage,
    percentage_status,
    load_id,
    row_number
from {{ source('landing', 'published__care_leavers_suitability') }}
