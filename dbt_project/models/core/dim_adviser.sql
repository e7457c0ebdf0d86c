-- Marts name an adviser by this id only.
with names as (
    select distinct
        authority,
        personal_adviser
    from {{ ref('fct_care_snapshot') }}
    where personal_adviser is not null
)

select
    {{ record_id('adviser', ['authority', 'personal_adviser']) }} as adviser_id,
    authority,
    personal_adviser
from names
