-- A value that the seed breakdown_value does not list would stand in no table; of one marked as_found any may occur.
with observed as (
    select distinct
        measure_id,
        breakdown,
        breakdown_value
    from {{ coded(ref('measure_observation')) }}
),

as_found as (
    select distinct
        measure_id,
        breakdown
    from {{ ref('breakdown_value') }}
    where as_found
)

select
    observation.measure_id,
    observation.breakdown,
    observation.breakdown_value
from observed as observation
inner join {{ ref('dim_measure') }} as measures
    on observation.measure_id = measures.measure_id
left join {{ ref('breakdown_value') }} as listed
    on
        listed.measure_id in (measures.measure_id, measures.listed_as, '*')
        and observation.breakdown = listed.breakdown
        and observation.breakdown_value = listed.breakdown_value
left join as_found
    on
        observation.measure_id = as_found.measure_id
        and observation.breakdown = as_found.breakdown
where
    listed.breakdown is null
    and as_found.breakdown is null
