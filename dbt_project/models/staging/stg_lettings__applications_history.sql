select
    sender as scheme,
    application_ref,
    band,
    case when band_on <= data_date then band_on end as band_on,
    case when renewed_on <= data_date then renewed_on end as renewed_on,
    coalesce(care_leaver_flag, false) as care_leaver_flag,
    coalesce(trim(personal_adviser), '') <> '' as names_adviser,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'lettings__applications__history') }}
where registered_on <= data_date
