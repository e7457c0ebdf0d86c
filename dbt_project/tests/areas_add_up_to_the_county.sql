-- Events, nights and stocks of people by area add up to the county's, wherever all areas have their senders' data.
-- A review of the protocol is the county's own and stands in no other area.
with totals as (
    select
        observation.measure_id,
        observation.authority,
        observation.period_kind,
        observation.period_label,
        observation.statistic,
        sum(case when area.area_type <> 'county' then observation.numerator end) as areas,
        sum(case when area.area_type = 'county' then observation.numerator end) as county,
        sum(case when observation.coverage = 'not_available' then 1 else 0 end) as areas_lacking
    from {{ coded(ref('measure_observation')) }} as observation
    inner join {{ ref('dim_area') }} as area
        on
            observation.authority = area.authority
            and observation.area_code = area.area_code
    inner join {{ ref('dim_measure') }} as measures
        on observation.measure_id = measures.measure_id
    where
        observation.breakdown = 'total'
        and observation.measure_id <> 'protocol_review'
        and (
            observation.statistic in ('events', 'nights')
            or (measures.counted_as = 'stock' and measures.unit = 'people')
        )
    group by
        observation.measure_id,
        observation.authority,
        observation.period_kind,
        observation.period_label,
        observation.statistic
)

select *
from totals
where
    areas_lacking = 0
    and areas <> county
