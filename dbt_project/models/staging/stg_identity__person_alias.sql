select
    authority,
    person_id,
    person_key
from {{ source('identity', 'person_alias') }}
