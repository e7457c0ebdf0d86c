select
    sender as scheme,
    application_ref,
    local_authority_gss,
    registered_on,
    effective_on,
    status,
    care_leaver_of_gss,
    {{ stated('status_on') }} as status_on,
    {{ stated('priority_requested_on') }} as priority_requested_on,
    {{ stated('better_alternative_on') }} as better_alternative_on,
    {{ stated('local_connection_refused_on') }} as local_connection_refused_on,
    {{ stated('kent_agency_assessment_on') }} as kent_agency_assessment_on,
    coalesce(care_leaver_flag, false) as care_leaver_flag,
    vanished_on,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'lettings__applications') }}
