-- A change of definition is a new version; the one in force is the one without an end.
select
    measure_id,
    definition_version,
    counted_as,
    unit,
    periods,
    about,
    sources_needed,
    cast(null as string) as protocol_letters,
    measure_id as listed_as
from {{ ref('measures') }}
where valid_to is null
