-- The stock of a county is everyone in scope on the day, each once.
with in_scope as (
    select
        period.authority,
        period.period_label,
        count(distinct scope.person_key) as people
    from {{ ref('dim_period') }} as period
    left join {{ ref('fct_scope') }} as scope
        on
            period.authority = scope.authority
            and scope.scope = 'protocol'
            and period.last_day >= scope.start_date
            and period.last_day < scope.end_date
    where period.period_kind = 'quarter'
    group by period.authority, period.period_label
)

select
    observation.authority,
    observation.period_label,
    observation.numerator,
    in_scope.people
from {{ ref('measure_observation') }} as observation
inner join {{ ref('dim_area') }} as area
    on
        observation.authority = area.authority
        and observation.area_code = area.area_code
        and area.area_type = 'county'
inner join in_scope
    on
        observation.authority = in_scope.authority
        and observation.period_label = in_scope.period_label
where
    observation.measure_id = 'accommodation_now'
    and observation.breakdown = 'total'
    and observation.numerator <> in_scope.people
