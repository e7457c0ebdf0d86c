select
    authority.authority,
    authority.protocol_letter,
    authority.monitoring_from,
    care_leavers.latest_data_date as as_at
from {{ ref('authority') }} as authority
inner join {{ ref('dim_extract') }} as care_leavers
    on
        authority.authority = care_leavers.sender
        and care_leavers.family = 'case_system'
        and care_leavers.extract_name = 'care_leavers'
