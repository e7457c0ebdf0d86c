select
    sender as scheme,
    application_ref,
    local_authority_gss,
    registered_on,
    effective_on,
    status,
    care_leaver_of_gss,
    bedroom_need,
    case when status_on <= data_date then status_on end as status_on,
    case when priority_requested_on <= data_date then priority_requested_on end as priority_requested_on,
    case when better_alternative_on <= data_date then better_alternative_on end as better_alternative_on,
    case when local_connection_refused_on <= data_date then local_connection_refused_on end as local_connection_refused_on,
    case when kent_agency_assessment_on <= data_date then kent_agency_assessment_on end as kent_agency_assessment_on,
    coalesce(care_leaver_flag, false) as care_leaver_flag,
    vanished_on,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'lettings__applications') }}
where registered_on <= data_date
