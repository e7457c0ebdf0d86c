-- A target names a measure or promise in force, a listed value of its breakdowns, a statistic and, where the measure is
-- better one way, that way; its floor does not ask for more than the target, and it names a source.
with meant as (
    select
        target.*,
        measure.measure_id as measure,
        measure.listed_as,
        measure.polarity,
        measure.about
    from {{ ref('target') }} as target
    left join {{ ref('dim_measure') }} as measure
        on target.measure_id in (measure.measure_id, measure.listed_as)
)

select
    meant.measure_id,
    meant.authority,
    meant.breakdown,
    meant.breakdown_value,
    meant.statistic
from meant
left join {{ ref('breakdown_value') }} as listed
    on
        meant.breakdown = listed.breakdown
        and meant.breakdown_value = listed.breakdown_value
        and (
            meant.listed_as = listed.measure_id
            or (listed.measure_id = '*' and (meant.about = 'person' or listed.breakdown = 'total'))
        )
left join {{ ref('authority') }} as authority
    on meant.authority = authority.authority
where
    meant.measure is null
    or listed.breakdown_value is null
    or (meant.authority <> '*' and authority.authority is null)
    or meant.statistic not in ('people', 'events', 'nights', 'median', 'p90', 'share')
    or (meant.polarity = 'higher_is_better' and meant.better = 'lower')
    or (meant.polarity = 'lower_is_better' and meant.better = 'higher')
    or (meant.better = 'higher' and meant.floor > meant.target)
    or (meant.better = 'lower' and meant.floor < meant.target)
    or (meant.is_alert and (meant.better <> 'lower' or meant.target <> 0))
    or coalesce(meant.source, '') = ''
