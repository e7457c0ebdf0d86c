-- What is counted: measures, and obligations as the share that was kept in time. A change of definition is a new
-- version; the one in force is the one without an end.
select
    measure_id,
    definition_version,
    counted_as,
    unit,
    polarity,
    periods,
    about,
    sources_needed,
    cast(null as string) as protocol_letters,
    measure_id as listed_as
from {{ ref('measures') }}
where valid_to is null
union all
select
    obligation_id as measure_id,
    definition_version,
    'share' as counted_as,
    'promises' as unit,
    'higher_is_better' as polarity,
    'quarter ytd rolling_4q' as periods,
    about,
    sources_needed,
    letters as protocol_letters,
    case when about = 'person' then 'obligation' else 'obligation_of_district' end as listed_as
from {{ ref('obligations') }}
where valid_to is null
