select
    sender as authority,
    addr_table_id as address_id,
    addr_person_id as person_id,
    addr_address_start_date as start_date,
    addr_address_end_date as end_date,
    addr_address_postcode as postcode
from {{ source('landing', 'case_system__ssd_address') }}
