with quarters as (
    select
        period.authority,
        district.area_code,
        period.period_start,
        period.last_day,
        clock.as_at,
        least(period.period_end, {{ add_days('clock.as_at', 1) }}) as judged_until,
        obligations.obligation_id,
        obligations.clause
    from {{ ref('dim_period') }} as period
    inner join {{ ref('dim_clock') }} as clock
        on period.authority = clock.authority
    inner join {{ ref('dim_area') }} as district
        on
            period.authority = district.authority
            and district.area_type = 'district'
    inner join {{ ref('obligations') }} as obligations
        on
            obligations.obligation_id = 'spoc_named'
            and obligations.valid_to is null
            and ' ' || obligations.letters || ' ' like '% ' || clock.protocol_letter || ' %'
    where period.period_kind = 'quarter'
),

covers as (
    select
        quarters.authority,
        quarters.area_code,
        quarters.period_start,
        greatest(cover.from_date, quarters.period_start) as start_date,
        least(coalesce(cover.to_date, {{ end_of_time() }}), quarters.judged_until) as end_date
    from quarters
    inner join {{ ref('fct_spoc_cover') }} as cover
        on
            quarters.authority = cover.authority
            and quarters.area_code = cover.district_gss
            and quarters.judged_until > cover.from_date
            and quarters.period_start < coalesce(cover.to_date, {{ end_of_time() }})
),

covered_spans as (
    {{ merge_spans('covers', ['authority', 'area_code', 'period_start']) }}
),

covered_days as (
    select
        authority,
        area_code,
        period_start,
        cast(sum({{ days_between('start_date', 'end_date') }}) as integer) as days
    from covered_spans
    group by authority, area_code, period_start
),

districts as (
    select
        quarters.obligation_id,
        quarters.clause,
        quarters.authority,
        quarters.area_code,
        quarters.period_start,
        quarters.last_day,
        quarters.as_at,
        {{ days_between('quarters.period_start', 'quarters.judged_until') }} - coalesce(covered_days.days, 0)
            as days_without
    from quarters
    left join covered_days
        on
            quarters.authority = covered_days.authority
            and quarters.area_code = covered_days.area_code
            and quarters.period_start = covered_days.period_start
)

select
    obligation_id,
    authority,
    cast(null as string) as person_key,
    area_code,
    clause,
    period_start as trigger_date,
    last_day as due_date,
    case when days_without = 0 and last_day <= as_at then last_day end as met_date,
    cast(null as string) as waived_reason,
    cast(days_without as integer) as quantity,
    {{ record_id('district', ['authority', 'area_code', 'period_start']) }} as record_id
from districts
