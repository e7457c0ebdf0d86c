select
    sender as authority,
    child_unique_id as person_id,
    sex,
    ethnicity,
    date_of_birth,
    uasc_in_last_12_months,
    has_disability,
    date_started_to_be_looked_after as care_started_on,
    case when date_ceased_to_be_looked_after <= data_date then date_ceased_to_be_looked_after end as care_ceased_on,
    placement_start_date as placement_started_on,
    placement_type,
    placement_postcode as postcode,
    data_date,
    received_at,
    load_id,
    row_number
from {{ source('landing', 'case_system__annex_a_list_8__history') }}
