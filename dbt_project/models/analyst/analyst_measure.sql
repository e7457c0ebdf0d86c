select
    measure_id,
    false as is_obligation,
    title,
    clause,
    definition,
    definition_version,
    counted_as,
    unit,
    polarity,
    sources_needed
from {{ ref('measures') }}
where valid_to is null
union all
select
    obligation_id as measure_id,
    true as is_obligation,
    title,
    clause,
    definition,
    definition_version,
    'share' as counted_as,
    'promises' as unit,
    'higher_is_better' as polarity,
    sources_needed
from {{ ref('obligations') }}
where valid_to is null
