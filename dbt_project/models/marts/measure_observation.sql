{%- set breakdowns = [
    'age_band', 'eligibility', 'former_uasc', 'sex', 'ethnic_group', 'disability', 'home_area', 'agreement', 'route',
    'scheme', 'category', 'tier', 'ordinal', 'kind_of_home', 'suitability'
] -%}

with measures as (
    select
        measure_id,
        definition_version,
        counted_as,
        sources_needed
    from {{ ref('measures') }}
    where valid_to is null
),

-- Which periods a measure is shown for (the number stands for measure, authority and period), and what is counted.
measure_periods as (
    select
        row_number() over (
            order by measures.measure_id, period.authority, period.period_kind, period.period_label
        ) as period_number,
        measures.measure_id,
        measures.definition_version,
        measures.counted_as,
        measures.sources_needed,
        period.authority,
        period.period_kind,
        period.period_label,
        period.period_start,
        period.period_end
    from measures
    inner join {{ ref('dim_period') }} as period
        on
            period.period_kind = 'quarter'
            or (measures.counted_as <> 'stock' and period.period_kind in ('ytd', 'rolling_4q'))
            or (measures.measure_id in ('bnb_nights', 'bnb_stays') and period.period_kind = 'month')
),

statistics as (
    select
        measure_id,
        'people' as statistic
    from measures
    union all
    select
        measure_id,
        case when counted_as = 'nights' then 'nights' else 'events' end as statistic
    from measures
    where counted_as <> 'stock'
),

listed_values as (
    select
        measures.measure_id,
        breakdown_value.breakdown,
        breakdown_value.breakdown_value
    from measures
    inner join {{ ref('breakdown_value') }} as breakdown_value
        on breakdown_value.measure_id in (measures.measure_id, '*')
),

counties as (
    select
        authority,
        area_code
    from {{ ref('dim_area') }}
    where area_type = 'county'
),

-- What happened: each event in each period that it falls in, for its own area and for the county.
period_events as (
    select
        periods.period_number,
        periods.counted_as,
        events.measure_id,
        events.authority,
        events.person_key,
        events.area_code,
        events.age_band,
        events.eligibility,
        events.former_uasc,
        events.sex,
        events.ethnic_group,
        events.disability,
        events.home_area,
        events.agreement,
        events.route,
        events.scheme,
        events.category,
        events.tier,
        events.ordinal,
        events.kind_of_home,
        events.suitability,
        case
            when periods.counted_as = 'nights'
                then {{ days_between(
                    'greatest(events.start_date, periods.period_start)', 'least(events.end_date, periods.period_end)'
                ) }}
            else 1
        end as quantity
    from {{ ref('measure_event') }} as events
    inner join measure_periods as periods
        on
            events.measure_id = periods.measure_id
            and events.authority = periods.authority
            and events.start_date < periods.period_end
            and (
                events.start_date >= periods.period_start
                or (periods.counted_as = 'nights' and events.end_date > periods.period_start)
            )
),

area_events as (
    select
        period_events.*,
        period_events.area_code as counted_area
    from period_events
    union all
    select
        period_events.*,
        counties.area_code as counted_area
    from period_events
    inner join counties
        on period_events.authority = counties.authority
),

measure_breakdowns as (
    select distinct
        measure_id,
        breakdown
    from listed_values
),

broken_down_events as (
    select
        area_events.period_number,
        area_events.counted_as,
        area_events.counted_area,
        area_events.person_key,
        area_events.quantity,
        measure_breakdowns.breakdown,
        case measure_breakdowns.breakdown
            when 'total' then 'total'
            {% for breakdown in breakdowns -%}
                when '{{ breakdown }}' then area_events.{{ breakdown }}
            {% endfor %}
        end as breakdown_value
    from area_events
    inner join measure_breakdowns
        on area_events.measure_id = measure_breakdowns.measure_id
),

-- A person stands once in a stock, so that only flows and nights need the dearer count of distinct people.
counts as (
    select
        period_number,
        counted_area as area_code,
        breakdown,
        breakdown_value,
        count(*) as stock,
        count(distinct person_key) filter (where counted_as <> 'stock') as people,
        cast(sum(quantity) as bigint) as quantity
    from broken_down_events
    group by period_number, counted_area, breakdown, breakdown_value
),

-- What is listed whether or not it happened: the total of every area, and every value in the county row.
expected_rows as (
    select
        periods.period_number,
        area.area_code,
        listed_values.breakdown,
        listed_values.breakdown_value
    from measure_periods as periods
    inner join {{ ref('dim_area') }} as area
        on periods.authority = area.authority
    inner join listed_values
        on
            periods.measure_id = listed_values.measure_id
            and (listed_values.breakdown = 'total' or area.area_type = 'county')
),

listed_rows as (
    select * from expected_rows
    union
    select
        period_number,
        area_code,
        breakdown,
        breakdown_value
    from counts
),

-- Who should have sent what for an area: its county's case system, its district's homelessness team, its schemes.
senders as (
    select
        area.authority,
        area.area_code,
        'case_system' as family,
        area.authority as sender,
        cast(null as date) as valid_from,
        cast(null as date) as valid_to
    from {{ ref('dim_area') }} as area
    union all
    select
        area.authority,
        area.area_code,
        'homelessness' as family,
        district.area_code as sender,
        cast(null as date) as valid_from,
        cast(null as date) as valid_to
    from {{ ref('dim_area') }} as area
    inner join {{ ref('dim_area') }} as district
        on
            area.authority = district.authority
            and district.area_type = 'district'
            and (area.area_code = district.area_code or area.area_type <> 'district')
    union all
    select
        area.authority,
        area.area_code,
        'lettings' as family,
        scheme_area.scheme as sender,
        scheme_area.valid_from,
        scheme_area.valid_to
    from {{ ref('dim_area') }} as area
    inner join {{ ref('dim_area') }} as district
        on
            area.authority = district.authority
            and district.area_type = 'district'
            and (area.area_code = district.area_code or area.area_type <> 'district')
    inner join {{ ref('scheme_area') }} as scheme_area
        on district.area_code = scheme_area.area_code
),

needed_senders as (
    select distinct
        periods.period_number,
        periods.period_start,
        senders.area_code,
        senders.family,
        senders.sender
    from measure_periods as periods
    inner join senders
        on
            periods.authority = senders.authority
            and ' ' || periods.sources_needed || ' ' like '% ' || senders.family || ' %'
            and coalesce(senders.valid_from, periods.period_start) < periods.period_end
            and coalesce(senders.valid_to, periods.period_start) >= periods.period_start
),

coverage as (
    select
        needed_senders.period_number,
        needed_senders.area_code,
        count(*) as senders_expected,
        cast(
            sum(case when extract.latest_data_date >= needed_senders.period_start then 1 else 0 end) as bigint
        ) as senders_received,
        sum(
            case
                when needed_senders.family <> 'case_system' then 0
                when extract.latest_data_date >= needed_senders.period_start then 1
                else 0
            end
        ) as case_systems_received,
        case when count(extract.latest_data_date) = count(*) then min(extract.latest_data_date) end as as_at
    from needed_senders
    left join {{ ref('dim_extract') }} as extract
        on
            needed_senders.family = extract.family
            and needed_senders.sender = extract.sender
            and extract.extract_name = case needed_senders.family
                when 'case_system' then 'care_leavers'
                when 'homelessness' then 'cases'
                when 'lettings' then 'offers'
            end
    group by
        needed_senders.period_number,
        needed_senders.area_code
),

-- A district is shown when all its senders have spoken for the period; the county, what lies outside and what is
-- unknown need the case system only.
area_coverage as (
    select
        coverage.period_number,
        coverage.area_code,
        area.area_type,
        coverage.senders_received,
        coverage.senders_expected,
        coverage.as_at,
        case
            when coverage.case_systems_received = 0 then 'not_available'
            when coverage.senders_received = coverage.senders_expected then 'complete'
            when area.area_type = 'district' then 'not_available'
            else 'partial'
        end as coverage
    from coverage
    inner join measure_periods as periods
        on coverage.period_number = periods.period_number
    inner join {{ ref('dim_area') }} as area
        on
            periods.authority = area.authority
            and coverage.area_code = area.area_code
),

-- An area that is not available shows that, once, and no breakdown; the county shows it for every value.
numerators as (
    select
        listed_rows.period_number,
        listed_rows.area_code,
        listed_rows.breakdown,
        listed_rows.breakdown_value,
        statistics.statistic,
        area_coverage.as_at,
        area_coverage.senders_received,
        area_coverage.senders_expected,
        area_coverage.coverage,
        case
            when area_coverage.coverage = 'not_available' then null
            when statistics.statistic <> 'people' then coalesce(counts.quantity, 0)
            when periods.counted_as = 'stock' then coalesce(counts.stock, 0)
            else coalesce(counts.people, 0)
        end as numerator
    from listed_rows
    inner join measure_periods as periods
        on listed_rows.period_number = periods.period_number
    inner join statistics
        on periods.measure_id = statistics.measure_id
    inner join area_coverage
        on
            listed_rows.period_number = area_coverage.period_number
            and listed_rows.area_code = area_coverage.area_code
            and (
                area_coverage.coverage <> 'not_available'
                or area_coverage.area_type = 'county'
                or listed_rows.breakdown = 'total'
            )
    left join counts
        on
            listed_rows.period_number = counts.period_number
            and listed_rows.area_code = counts.area_code
            and listed_rows.breakdown = counts.breakdown
            and listed_rows.breakdown_value = counts.breakdown_value
),

cohorts as (
    select
        period_number,
        area_code,
        numerator as cohort
    from numerators
    where
        breakdown = 'total'
        and statistic = 'people'
)

select
    periods.measure_id,
    periods.definition_version,
    periods.authority,
    numerators.area_code,
    periods.period_kind,
    periods.period_start,
    periods.period_label,
    numerators.breakdown,
    numerators.breakdown_value,
    numerators.statistic,
    numerators.numerator,
    case when periods.counted_as = 'stock' then cohorts.cohort end as denominator,
    cast(numerators.numerator as double) as value,
    numerators.as_at,
    numerators.senders_received,
    numerators.senders_expected,
    numerators.coverage
from numerators
inner join measure_periods as periods
    on numerators.period_number = periods.period_number
inner join cohorts
    on
        numerators.period_number = cohorts.period_number
        and numerators.area_code = cohorts.area_code
