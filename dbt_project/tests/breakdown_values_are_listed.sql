-- A value that the seed breakdown_value does not list would stand in no table.
select distinct
    observation.measure_id,
    observation.breakdown,
    observation.breakdown_value
from {{ ref('measure_observation') }} as observation
left join {{ ref('breakdown_value') }} as listed
    on
        listed.measure_id in (observation.measure_id, '*')
        and observation.breakdown = listed.breakdown
        and observation.breakdown_value = listed.breakdown_value
where listed.breakdown is null
