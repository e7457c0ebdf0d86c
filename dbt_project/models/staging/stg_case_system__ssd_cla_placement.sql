select
    sender as authority,
    clap_cla_placement_id as placement_id,
    clap_person_id as person_id,
    clap_cla_placement_start_date as start_date,
    clap_cla_placement_end_date as end_date,
    clap_cla_placement_postcode as postcode,
    clap_cla_placement_type as placement_type,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'case_system__ssd_cla_placement') }}
where
    clap_cla_placement_start_date <= data_date
    and (
        clap_cla_placement_end_date is null
        or clap_cla_placement_end_date > clap_cla_placement_start_date
    )
