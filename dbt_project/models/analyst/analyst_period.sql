-- Quarters ahead, of which forecasts are told, are quarters too.
with periods as (
    select distinct
        authority,
        case when period_kind = 'forecast' then 'quarter' else period_kind end as period_kind,
        period_label,
        period_start,
        last_day
    from {{ ref('dim_period') }}
),

numbered as (
    select
        period.authority,
        period.period_kind,
        period.period_label,
        period.period_start,
        period.last_day,
        period.last_day <= clock.as_at as has_ended,
        row_number() over (
            partition by period.authority, period.period_kind
            order by period.last_day
        ) as place
    from periods as period
    inner join {{ ref('dim_clock') }} as clock
        on period.authority = clock.authority
)

select
    authority,
    period_kind,
    period_label,
    period_start,
    last_day,
    coalesce(max(case when has_ended then place end) over (partition by authority, period_kind), 0)
    - place as periods_ago
from numbered
