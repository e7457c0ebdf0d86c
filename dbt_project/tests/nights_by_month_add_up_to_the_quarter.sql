-- A night belongs to one month, and the months of a quarter to one quarter; likewise the stays that begin in them.
with months_in_quarters as (
    select
        quarter.authority,
        quarter.period_label as quarter_label,
        month.period_label as month_label
    from {{ ref('dim_period') }} as quarter
    inner join {{ ref('dim_period') }} as month
        on
            quarter.authority = month.authority
            and month.period_kind = 'month'
            and month.period_start >= quarter.period_start
            and month.period_start < quarter.period_end
    where quarter.period_kind = 'quarter'
),

by_month as (
    select
        observation.measure_id,
        observation.authority,
        observation.area_code,
        observation.statistic,
        months_in_quarters.quarter_label,
        sum(observation.numerator) as numerator,
        sum(case when observation.coverage = 'not_available' then 1 else 0 end) as months_lacking
    from {{ ref('measure_observation') }} as observation
    inner join months_in_quarters
        on
            observation.authority = months_in_quarters.authority
            and observation.period_label = months_in_quarters.month_label
    where
        observation.period_kind = 'month'
        and observation.breakdown = 'total'
        and observation.statistic <> 'people'
    group by
        observation.measure_id,
        observation.authority,
        observation.area_code,
        observation.statistic,
        months_in_quarters.quarter_label
)

select
    by_month.measure_id,
    by_month.authority,
    by_month.area_code,
    by_month.quarter_label,
    by_month.numerator as months,
    observation.numerator as quarter
from by_month
inner join {{ ref('measure_observation') }} as observation
    on
        by_month.measure_id = observation.measure_id
        and by_month.authority = observation.authority
        and by_month.area_code = observation.area_code
        and by_month.statistic = observation.statistic
        and by_month.quarter_label = observation.period_label
        and observation.period_kind = 'quarter'
        and observation.breakdown = 'total'
where
    by_month.months_lacking = 0
    and by_month.numerator <> observation.numerator
