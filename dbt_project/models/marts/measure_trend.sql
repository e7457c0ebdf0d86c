{{ config(materialized='coded_table') }}
{#- The rule, word for word, is decision 12; pipelines/trend.py states it for packs. -#}
{%- set series_columns = ['measure_id', 'authority', 'area_code', 'breakdown', 'breakdown_value', 'statistic'] -%}
{%- set in_series = series_columns | join(', ') -%}
{%- set quarters_before = var('trend_quarters') - 1 -%}
{%- set ends = range(1, var('trend_ends') + 1) -%}

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

-- A share and a middle value rest on the rows behind them, a count is its own base.
figures as (
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
    from {{ coded(ref('measure_observation')) }} as observation
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

-- Values are whole numbers of ten-thousandths, so that every step below is exact.
points as materialized (
    select
        *,
        case when standing = 'usable' then quarter_number end as usable_quarter,
        case when standing = 'usable' then cast(floor(value * 10000 + 0.5) as hugeint) end as scaled
    from figures
),

-- The window of each end, the sums of all ends in one pass: what lies in it, and, of the points that lack equally many
-- senders, those that can be used.
alike as (
    select
        {% for end in ends -%}
            {%- set inside = 'filter (where from_the_last between ' ~ end ~ ' and ' ~ (end + quarters_before) ~ ')' -%}
            min(period_start) {{ inside }} as window_start_{{ end }},
            count(case when standing <> 'missing' then 1 end) {{ inside }} as points_there_{{ end }},
            count(scaled) {{ inside }} as points_used_{{ end }},
            count(case when standing in ('usable', 'small') then 1 end) {{ inside }} as points_known_{{ end }},
            max(scaled) {{ inside }} as highest_{{ end }},
            sum(usable_quarter) {{ inside }} as sum_x_{{ end }},
            sum(usable_quarter * usable_quarter) {{ inside }} as sum_xx_{{ end }},
            sum(scaled) {{ inside }} as sum_y_{{ end }},
            sum(usable_quarter * scaled) {{ inside }} as sum_xy_{{ end }},
            sum(scaled * scaled) {{ inside }} as sum_yy_{{ end }},
        {% endfor -%}
        {{ in_series }},
        senders_lacking
    from points
    group by {{ in_series }}, senders_lacking
),

series as (
    select
        {% for end in ends -%}
            min(window_start_{{ end }}) as window_start_{{ end }},
            min(senders_lacking) filter (where points_there_{{ end }} > 0) as fewest_lacking_{{ end }},
        {% endfor -%}
        {{ in_series }}
    from alike
    group by {{ in_series }}
),

windows as (
    select
        {% for column in [
            'series.window_start', 'series.fewest_lacking', 'alike.points_used', 'alike.points_known', 'alike.highest',
            'alike.sum_x', 'alike.sum_xx', 'alike.sum_y', 'alike.sum_xy', 'alike.sum_yy'
        ] -%}
            case points.from_the_last
                {% for end in ends -%}
                    when {{ end }} then {{ column }}_{{ end }}
                {% endfor -%}
            end as {{ column.split('.')[1] }},
        {% endfor -%}
        points.*
    from points
    inner join alike
        on
            {% for column in series_columns -%}
                points.{{ column }} = alike.{{ column }}
                and {% endfor -%}
            points.senders_lacking is not distinct from alike.senders_lacking
    inner join series
        on
            {% for column in series_columns -%}
                {{ 'and ' if not loop.first }}points.{{ column }} = series.{{ column }}
            {% endfor %}
    where points.from_the_last <= {{ var('trend_ends') }}
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
