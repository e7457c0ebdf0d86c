{%- set breakdowns = common_breakdowns() + own_breakdowns() -%}

with measures as (
    select
        measure_id,
        definition_version,
        counted_as,
        unit,
        periods,
        about,
        sources_needed,
        protocol_letters,
        listed_as
    from {{ ref('dim_measure') }}
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
        case when period.period_kind = 'forecast' then 'quarter' else period.period_kind end as period_kind,
        period.period_label,
        period.period_start,
        period.period_end,
        period.last_day,
        period.judged_from,
        period.judged_to
    from measures
    inner join {{ ref('dim_period') }} as period
        on
            (
                measures.counted_as <> 'forecast'
                and ' ' || measures.periods || ' ' like '% ' || period.period_kind || ' %'
            )
            or (measures.counted_as = 'forecast' and period.period_kind = 'forecast')
    inner join {{ ref('dim_clock') }} as authority
        on period.authority = authority.authority
    where coalesce(measures.protocol_letters, authority.protocol_letter) like '%' || authority.protocol_letter || '%'
),

-- What is listed of a measure: its own breakdowns and, if it is about people, the common ones.
listed_values as (
    select
        measures.measure_id,
        breakdown_value.breakdown,
        breakdown_value.breakdown_value,
        coalesce(breakdown_value.as_found, false) as as_found,
        coalesce(breakdown_value.counts_only, false) as counts_only,
        breakdown_value.measure_id <> '*' as is_own
    from measures
    inner join {{ ref('breakdown_value') }} as breakdown_value
        on
            breakdown_value.measure_id in (measures.measure_id, measures.listed_as)
            or (
                breakdown_value.measure_id = '*'
                and (measures.about = 'person' or breakdown_value.breakdown = 'total')
            )
),

measure_breakdowns as (
    select
        measure_id,
        breakdown,
        max(case when counts_only then 1 else 0 end) = 1 as counts_only,
        max(case when is_own then 1 else 0 end) = 1 as is_own
    from listed_values
    group by measure_id, breakdown
),

-- People are counted of what is about people; a middle value mixes nothing, so that it is taken of own breakdowns only.
statistics as (
    select
        measures.measure_id,
        measure_breakdowns.breakdown,
        possible.statistic
    from measures
    inner join measure_breakdowns
        on measures.measure_id = measure_breakdowns.measure_id
    inner join (
        values
        ('flow', 'people'),
        ('flow', 'events'),
        ('stock', 'people'),
        ('stock', 'events'),
        ('nights', 'people'),
        ('nights', 'nights'),
        ('span', 'people'),
        ('duration', 'people'),
        ('duration', 'events'),
        ('duration', 'median'),
        ('duration', 'p90'),
        ('share', 'people'),
        ('share', 'events'),
        ('share', 'share'),
        ('forecast', 'people'),
        ('forecast', 'events')
    ) as possible (counted_as, statistic)
        on measures.counted_as = possible.counted_as
    where
        (measures.about = 'person' or possible.statistic <> 'people')
        and (measures.counted_as <> 'stock' or measures.unit <> 'people' or possible.statistic <> 'events')
        and (possible.statistic <> 'share' or not measure_breakdowns.counts_only)
        and (
            possible.statistic not in ('median', 'p90')
            or (measure_breakdowns.is_own and not measure_breakdowns.counts_only)
        )
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
        events.in_numerator,
        {% for breakdown in breakdowns -%}
            events.{{ breakdown }},
        {% endfor -%}
        case
            when periods.counted_as = 'nights'
                then {{ days_between(
                    'greatest(events.start_date, periods.period_start)', 'least(events.end_date, periods.period_end)'
                ) }}
            else events.quantity
        end as quantity
    from {{ ref('measure_event') }} as events
    inner join measure_periods as periods
        on
            events.measure_id = periods.measure_id
            and events.authority = periods.authority
            and events.start_date < periods.period_end
            and (
                events.start_date >= periods.period_start
                or (periods.counted_as in ('nights', 'span') and events.end_date > periods.period_start)
            )
            and (periods.counted_as <> 'stock' or events.start_date = periods.last_day)
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
        on
            period_events.authority = counties.authority
            and period_events.area_code <> counties.area_code
),

broken_down_events as (
    select
        area_events.period_number,
        area_events.counted_as,
        area_events.counted_area,
        area_events.person_key,
        area_events.quantity,
        area_events.in_numerator,
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

counts as (
    select
        period_number,
        counted_area as area_code,
        breakdown,
        breakdown_value,
        count(*) as events,
        count(distinct person_key) as people,
        cast(sum(quantity) filter (where counted_as = 'nights') as bigint) as nights,
        count(in_numerator) as known,
        count(*) filter (where in_numerator) as held,
        quantile_cont(quantity, 0.5) filter (where counted_as = 'duration') as median,
        quantile_cont(quantity, 0.9) filter (where counted_as = 'duration') as p90
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
            and not listed_values.as_found
),

listed_rows as (
    select
        period_number,
        area_code,
        breakdown,
        breakdown_value,
        max(is_expected) = 1 as is_expected
    from (
        select
            period_number,
            area_code,
            breakdown,
            breakdown_value,
            1 as is_expected
        from expected_rows
        union all
        select
            period_number,
            area_code,
            breakdown,
            breakdown_value,
            0 as is_expected
        from counts
    ) as rows_to_list
    group by period_number, area_code, breakdown, breakdown_value
),

-- Who should have sent what for an area: its county's case system and forms, its district's homelessness team, its
-- schemes.
senders as (
    select
        area.authority,
        area.area_code,
        own_family.family,
        area.authority as sender,
        cast(null as date) as valid_from,
        cast(null as date) as valid_to
    from {{ ref('dim_area') }} as area
    cross join (values ('case_system'), ('protocol_forms')) as own_family (family)
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

-- Measures that need the same senders for the same days are judged together.
needs as (
    select
        row_number() over (order by authority, sources_needed, judged_from, judged_to) as need_number,
        authority,
        sources_needed,
        judged_from,
        judged_to
    from (
        select distinct
            authority,
            sources_needed,
            judged_from,
            judged_to
        from measure_periods
    ) as distinct_needs
),

needed_tables as (
    select
        sources_needed,
        split_part(token, ':', 1) as family,
        case token
            when 'case_system' then 'care_leavers'
            when 'homelessness' then 'cases'
            when 'lettings' then 'offers'
            else split_part(token, ':', 2)
        end as extract_name
    from (
        select
            sources_needed,
            unnest(string_split(sources_needed, ' ')) as token
        from (select distinct sources_needed from measures) as distinct_sources
    ) as tokens
),

-- Each table needed of each sender, with the day that it has reached.
needed_senders as (
    select
        needs.need_number,
        needs.judged_from,
        senders.area_code,
        senders.family,
        extract.latest_data_date as data_date
    from needs
    inner join needed_tables
        on needs.sources_needed = needed_tables.sources_needed
    inner join senders
        on
            needs.authority = senders.authority
            and needed_tables.family = senders.family
            and coalesce(senders.valid_from, needs.judged_from) < needs.judged_to
            and coalesce(senders.valid_to, needs.judged_from) >= needs.judged_from
    left join {{ ref('dim_extract') }} as extract
        on
            senders.family = extract.family
            and senders.sender = extract.sender
            and needed_tables.extract_name = extract.extract_name
    group by
        needs.need_number,
        needs.judged_from,
        senders.area_code,
        senders.family,
        senders.sender,
        needed_tables.extract_name,
        extract.latest_data_date
),

coverage as (
    select
        need_number,
        area_code,
        count(*) as senders_expected,
        cast(sum(case when data_date >= judged_from then 1 else 0 end) as bigint) as senders_received,
        max(
            case
                when family not in ('case_system', 'protocol_forms') then 0
                when data_date >= judged_from then 0
                else 1
            end
        ) = 1 as lacks_own,
        case when count(data_date) = count(*) then min(data_date) end as as_at
    from needed_senders
    group by need_number, area_code
),

-- A district is shown when all its senders have spoken for the period and the policy that the measure asks is known;
-- the county, what lies outside and what is unknown need the county's own senders only.
area_coverage as (
    select
        periods.period_number,
        coverage.area_code,
        area.area_type,
        coverage.senders_received,
        coverage.senders_expected,
        coverage.as_at,
        case
            when coverage.lacks_own or gap.area_code is not null then 'not_available'
            when
                coverage.senders_received = coverage.senders_expected
                and (area.area_type = 'district' or gap_somewhere.authority is null)
                then 'complete'
            when area.area_type = 'district' then 'not_available'
            else 'partial'
        end as coverage
    from measure_periods as periods
    inner join needs
        on
            periods.authority = needs.authority
            and periods.sources_needed = needs.sources_needed
            and periods.judged_from = needs.judged_from
            and periods.judged_to = needs.judged_to
    inner join coverage
        on needs.need_number = coverage.need_number
    inner join {{ ref('dim_area') }} as area
        on
            periods.authority = area.authority
            and coverage.area_code = area.area_code
    left join {{ ref('measure_policy_gap') }} as gap
        on
            periods.measure_id = gap.measure_id
            and periods.authority = gap.authority
            and periods.period_kind = gap.period_kind
            and periods.period_label = gap.period_label
            and coverage.area_code = gap.area_code
    left join (
        select distinct
            measure_id,
            authority,
            period_kind,
            period_label
        from {{ ref('measure_policy_gap') }}
    ) as gap_somewhere
        on
            periods.measure_id = gap_somewhere.measure_id
            and periods.authority = gap_somewhere.authority
            and periods.period_kind = gap_somewhere.period_kind
            and periods.period_label = gap_somewhere.period_label
),

-- An area that is not available shows that, once, and no breakdown; the county shows it for every value of the seed.
shown_rows as (
    select
        listed_rows.period_number,
        listed_rows.area_code,
        listed_rows.breakdown,
        listed_rows.breakdown_value,
        area_coverage.as_at,
        area_coverage.senders_received,
        area_coverage.senders_expected,
        area_coverage.coverage,
        counts.median,
        counts.p90,
        coalesce(counts.events, 0) as events,
        coalesce(counts.people, 0) as people,
        coalesce(counts.nights, 0) as nights,
        coalesce(counts.known, 0) as known,
        coalesce(counts.held, 0) as held
    from listed_rows
    inner join area_coverage
        on
            listed_rows.period_number = area_coverage.period_number
            and listed_rows.area_code = area_coverage.area_code
            and (
                area_coverage.coverage <> 'not_available'
                or (area_coverage.area_type = 'county' and listed_rows.is_expected)
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
        shown_rows.period_number,
        shown_rows.area_code,
        shown_rows.people as cohort
    from shown_rows
    inner join measure_periods as periods
        on shown_rows.period_number = periods.period_number
    where
        shown_rows.breakdown = 'total'
        and periods.measure_id = 'accommodation_now'
),

figures as (
    select
        periods.measure_id,
        periods.definition_version,
        periods.authority,
        shown_rows.area_code,
        periods.period_kind,
        periods.period_start,
        periods.period_label,
        shown_rows.breakdown,
        shown_rows.breakdown_value,
        statistics.statistic,
        case statistics.statistic
            when 'people' then shown_rows.people
            when 'nights' then shown_rows.nights
            when 'share' then shown_rows.held
            else shown_rows.events
        end as numerator,
        case
            when statistics.statistic = 'share' then shown_rows.known
            when statistics.statistic in ('median', 'p90') then shown_rows.events
            else cohorts.cohort
        end as denominator,
        case
            when statistics.statistic = 'median' then shown_rows.median
            when statistics.statistic = 'p90' then shown_rows.p90
        end as quantile,
        shown_rows.as_at,
        shown_rows.senders_received,
        shown_rows.senders_expected,
        shown_rows.coverage
    from shown_rows
    inner join measure_periods as periods
        on shown_rows.period_number = periods.period_number
    inner join statistics
        on
            periods.measure_id = statistics.measure_id
            and shown_rows.breakdown = statistics.breakdown
    left join cohorts
        on
            shown_rows.period_number = cohorts.period_number
            and shown_rows.area_code = cohorts.area_code
)

select
    measure_id,
    definition_version,
    authority,
    area_code,
    period_kind,
    period_start,
    period_label,
    breakdown,
    breakdown_value,
    statistic,
    case when coverage <> 'not_available' then numerator end as numerator,
    case when coverage <> 'not_available' then denominator end as denominator,
    case
        when coverage = 'not_available' then null
        when statistic = 'share' and denominator > 0 then cast(numerator as double) / denominator
        when statistic in ('median', 'p90') then quantile
        when statistic <> 'share' then cast(numerator as double)
    end as value,
    as_at,
    senders_received,
    senders_expected,
    coverage
from figures
