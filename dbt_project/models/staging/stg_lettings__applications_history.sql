select
    sender as scheme,
    application_ref,
    band,
    bedroom_need,
    {{ stated('band_on') }} as band_on,
    {{ stated('renewed_on') }} as renewed_on,
    coalesce(care_leaver_flag, false) as care_leaver_flag,
    coalesce(trim(personal_adviser), '') <> '' as names_adviser,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'lettings__applications__history') }}
where registered_on <= data_date
