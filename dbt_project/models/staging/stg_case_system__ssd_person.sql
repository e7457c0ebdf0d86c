select
    sender as authority,
    pers_person_id as person_id,
    pers_sex as sex,
    pers_ethnicity as ethnicity,
    pers_dob as date_of_birth,
    pers_death_date as death_date,
    data_date,
    received_at,
    load_id,
    row_number
from {{ source('landing', 'case_system__ssd_person') }}
