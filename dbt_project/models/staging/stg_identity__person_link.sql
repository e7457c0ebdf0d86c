select
    family,
    table_name as extract_name,
    sender,
    source_ref,
    person_key
from {{ source('identity', 'person_link') }}
where
    outcome = 'linked'
    and person_key is not null
