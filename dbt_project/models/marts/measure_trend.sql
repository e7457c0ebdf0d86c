{#- The rule, word for word, is decision 12; pipelines/trend.py states it for packs. -#}
{%- set in_series = 'measure_id, authority, area_code, breakdown, breakdown_value, statistic' -%}
{%- set quarters_before = var('trend_quarters') - 1 -%}

-- Quarters that monitoring covers from the first day to the last.
with finished_quarters as (
    select
        period.authority,
        period.period_label,
        period.period_start,
        row_number() over (partition by period.authority order by period.period_start) as quarter_number,
        row_number() over (partition by period.authority order by period.period_start desc) as from_the_last
    from {{ ref('dim_period') }} as period
    inner join {{ ref('dim_clock') }} as clock
        on period.authority = clock.authority
    where
        period.period_kind = 'quarter'
        and period.period_start >= clock.monitoring_from
        and period.last_day <= clock.as_at
),

-- Breakdowns that list a value only where it occurs have no line to follow.
as_found_breakdowns as (
    select distinct
        measure_id,
        breakdown
    from {{ ref('breakdown_value') }}
    where as_found
),

-- A share and a middle value rest on the rows behind them, a count is its own base. Values are whole numbers of
-- ten-thousandths, so that every step below is exact.
points as (
    select
        observation.measure_id,
        observation.definition_version,
        observation.authority,
        observation.area_code,
        observation.breakdown,
        observation.breakdown_value,
        observation.statistic,
        observation.period_label,
        quarters.period_start,
        quarters.quarter_number,
        quarters.from_the_last,
        observation.value,
        observation.senders_expected - observation.senders_received as senders_lacking,
        observation.statistic not in ('share', 'median', 'p90') as is_count,
        case
            when observation.coverage = 'not_available' then 'missing'
            when
                observation.statistic in ('share', 'median', 'p90')
                and observation.denominator < {{ var('trend_smallest') }}
                then 'small'
            when observation.value is null then 'missing'
            else 'usable'
        end as standing,
        cast(floor(observation.value * 10000 + 0.5) as hugeint) as scaled,
        case
            when measure.counted_as = 'share' and observation.statistic <> 'share' then 'neutral'
            when measure.counted_as = 'duration' and observation.statistic not in ('median', 'p90') then 'neutral'
            when
                observation.breakdown in (
                    {% for breakdown in common_breakdowns() -%}
                        '{{ breakdown }}',
                    {% endfor -%}
                    'total'
                )
                then measure.polarity
            else 'neutral'
        end as polarity
    from {{ ref('measure_observation') }} as observation
    inner join finished_quarters as quarters
        on
            observation.authority = quarters.authority
            and observation.period_label = quarters.period_label
    inner join {{ ref('dim_measure') }} as measure
        on observation.measure_id = measure.measure_id
    inner join {{ ref('dim_area') }} as area
        on
            observation.authority = area.authority
            and observation.area_code = area.area_code
    left join as_found_breakdowns
        on
            measure.listed_as = as_found_breakdowns.measure_id
            and observation.breakdown = as_found_breakdowns.breakdown
    where
        observation.period_kind = 'quarter'
        and quarters.from_the_last <= {{ var('trend_ends') + quarters_before }}
        and measure.counted_as <> 'forecast'
        and (observation.breakdown = 'total' or area.area_type = 'county')
        and as_found_breakdowns.measure_id is null
),

-- The window of each quarter: its own points, and of these the ones that lack as many senders as the quarter itself.
windows as (
    select
        *,
        min(period_start) over in_window as window_start,
        min(case when standing <> 'missing' then senders_lacking end) over in_window as fewest_lacking,
        count(case when standing = 'usable' then 1 end) over alike as points_used,
        count(case when standing in ('usable', 'small') then 1 end) over alike as points_known,
        max(case when standing = 'usable' then scaled end) over alike as highest,
        sum(case when standing = 'usable' then quarter_number end) over alike as sum_x,
        sum(case when standing = 'usable' then quarter_number * quarter_number end) over alike as sum_xx,
        sum(case when standing = 'usable' then scaled end) over alike as sum_y,
        sum(case when standing = 'usable' then quarter_number * scaled end) over alike as sum_xy,
        sum(case when standing = 'usable' then scaled * scaled end) over alike as sum_yy
    from points
    window
        in_window as (
            partition by {{ in_series }}
            order by quarter_number
            range between {{ quarters_before }} preceding and current row
        ),
        alike as (
            partition by {{ in_series }}, senders_lacking
            order by quarter_number
            range between {{ quarters_before }} preceding and current row
        )
),

-- Least squares without a division: n times the sums of squares and products about the means.
regressions as (
    select
        *,
        points_used * sum_xx - sum_x * sum_x as squares_x,
        points_used * sum_yy - sum_y * sum_y as squares_y,
        points_used * sum_xy - sum_x * sum_y as products
    from windows
),

directions as (
    select
        *,
        case
            when standing = 'missing' or senders_lacking > fewest_lacking then 'not_available'
            when standing = 'small' then 'too_small'
            when is_count and highest = 0 then 'none'
            when points_known < {{ var('trend_fewest') }} then 'too_few_points'
            when points_used < {{ var('trend_fewest') }} then 'too_small'
            when is_count and highest < {{ var('trend_smallest') }} * 10000 then 'too_small'
            -- t squared of the slope above its limit, both sides multiplied out.
            when
                (points_used - 2) * products * products * 1000000
                > (squares_x * squares_y - products * products)
                * case points_used
                    {% for points, t_squared in var('trend_t_squared').items() -%}
                        when {{ points }} then {{ t_squared }}
                    {% endfor -%}
                end
                then case when products > 0 then 'rising' else 'falling' end
            else 'no_clear_trend'
        end as direction
    from regressions
)

select
    measure_id,
    definition_version,
    authority,
    area_code,
    breakdown,
    breakdown_value,
    statistic,
    period_label,
    window_start,
    value,
    points_used,
    case
        when direction in ('rising', 'falling', 'no_clear_trend')
            then cast(products as double) / cast(squares_x as double) / 10000
    end as change_per_quarter,
    direction,
    polarity,
    case
        when direction = 'rising' and polarity = 'higher_is_better' then 'improving'
        when direction = 'rising' and polarity = 'lower_is_better' then 'worsening'
        when direction = 'falling' and polarity = 'higher_is_better' then 'worsening'
        when direction = 'falling' and polarity = 'lower_is_better' then 'improving'
        else direction
    end as judgement
from directions
where from_the_last <= {{ var('trend_ends') }}
