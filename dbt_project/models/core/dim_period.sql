with months as (
    {{ calendar_months(var('calendar_first_month'), var('calendar_last_month')) }}
),

-- A financial year begins in April: three months back, and the calendar's year and quarter are the financial ones.
named_months as (
    select
        month_start,
        {{ add_months('month_start', 1) }} as month_end,
        extract(year from {{ add_months('month_start', -3) }}) as financial_year,
        (extract(month from {{ add_months('month_start', -3) }}) - 1) % 12 as months_into_year
    from months
),

quarter_starts as (
    select
        month_start as quarter_start,
        {{ add_months('month_start', 3) }} as quarter_end,
        {{ add_months('month_start', '- months_into_year') }} as year_start,
        {{ add_months('month_start', -9) }} as rolling_start,
        cast(financial_year as string) || '-'
        || substring(cast(financial_year + 1 as string), 3, 2) || '-Q'
        || cast(cast(months_into_year / 3 as integer) + 1 as string) as quarter_label
    from named_months
    where months_into_year in (0, 3, 6, 9)
),

month_periods as (
    select
        monitored.authority,
        'month' as period_kind,
        named_months.month_start as period_start,
        named_months.month_end as period_end,
        substring(cast(named_months.month_start as string), 1, 7) as period_label
    from {{ ref('dim_clock') }} as monitored
    inner join named_months
        on
            named_months.month_end > monitored.monitoring_from
            and named_months.month_start <= monitored.as_at
),

monitored_quarters as (
    select
        monitored.authority,
        monitored.monitoring_from,
        quarter_starts.quarter_start,
        quarter_starts.quarter_end,
        quarter_starts.year_start,
        quarter_starts.rolling_start,
        quarter_starts.quarter_label
    from {{ ref('dim_clock') }} as monitored
    inner join quarter_starts
        on
            quarter_starts.quarter_end > monitored.monitoring_from
            and quarter_starts.quarter_start <= monitored.as_at
),

-- Eight quarters ahead begin with that of the day after the data date; senders are judged by the present quarter.
quarters_ahead as (
    select
        monitored.authority,
        ahead.quarter_start,
        ahead.quarter_end,
        ahead.quarter_label,
        present.quarter_start as present_start,
        present.quarter_end as present_end
    from {{ ref('dim_clock') }} as monitored
    inner join quarter_starts as present
        on
            monitored.as_at >= present.quarter_start
            and monitored.as_at < present.quarter_end
    inner join quarter_starts as ahead
        on
            ahead.quarter_end > {{ add_days('monitored.as_at', 1) }}
            and ahead.quarter_start <= {{ add_months(add_days('monitored.as_at', 1), 21) }}
),

periods as (
    select
        authority,
        period_kind,
        period_start,
        period_end,
        period_label,
        period_start as judged_from,
        period_end as judged_to
    from month_periods
    union all
    select
        authority,
        'quarter' as period_kind,
        quarter_start as period_start,
        quarter_end as period_end,
        quarter_label as period_label,
        quarter_start as judged_from,
        quarter_end as judged_to
    from monitored_quarters
    union all
    select
        authority,
        'ytd' as period_kind,
        greatest(year_start, monitoring_from) as period_start,
        quarter_end as period_end,
        quarter_label as period_label,
        greatest(year_start, monitoring_from) as judged_from,
        quarter_end as judged_to
    from monitored_quarters
    union all
    select
        authority,
        'rolling_4q' as period_kind,
        rolling_start as period_start,
        quarter_end as period_end,
        quarter_label as period_label,
        rolling_start as judged_from,
        quarter_end as judged_to
    from monitored_quarters
    where rolling_start >= monitoring_from
    union all
    select
        authority,
        'forecast' as period_kind,
        quarter_start as period_start,
        quarter_end as period_end,
        quarter_label as period_label,
        present_start as judged_from,
        present_end as judged_to
    from quarters_ahead
)

select
    authority,
    period_kind,
    period_label,
    period_start,
    period_end,
    {{ add_days('period_end', -1) }} as last_day,
    judged_from,
    judged_to
from periods
