select
    sender as authority,
    record_id as form_record_id,
    person_id,
    plan_date,
    shared_with_gss,
    {{ stated('review_date') }} as review_date,
    {{ stated('housing_section_shared_on') }} as housing_section_shared_on,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'protocol_forms__pathway_plan') }}
where plan_date <= data_date
