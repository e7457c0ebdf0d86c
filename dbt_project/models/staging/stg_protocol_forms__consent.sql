select
    sender as authority,
    record_id as form_record_id,
    person_id,
    consent_given_on,
    authority_gss_or_agency,
    scope,
    {{ stated('consent_withdrawn_on') }} as consent_withdrawn_on,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'protocol_forms__consent') }}
where consent_given_on <= data_date
