select
    sender as authority,
    invo_involvements_id as involvement_id,
    invo_person_id as person_id,
    invo_professional_role_id as professional_role,
    invo_involvement_start_date as start_date,
    {{ stated('invo_involvement_end_date') }} as end_date,
    vanished_on,
    load_id,
    row_number
from {{ source('landing', 'case_system__ssd_involvements') }}
where invo_involvement_start_date <= data_date
