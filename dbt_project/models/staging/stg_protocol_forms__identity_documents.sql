select
    sender as authority,
    record_id as form_record_id,
    person_id,
    {{ stated('photo_or_birth_seen_on') }} as photo_or_birth_seen_on,
    {{ stated('ni_number_known_on') }} as ni_number_known_on,
    {{ stated('income_proof_seen_on') }} as income_proof_seen_on,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'protocol_forms__identity_documents') }}
