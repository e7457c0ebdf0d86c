{{ config(materialized='coded_table' if target.type == 'duckdb' else 'table', makes_codes=true) }}
{#-
    A home of many authorities has many periods and areas and, of most of them, little: what happened is counted by
    numbers, not names; the common breakdowns, which every row has, in one pass; names join at the end.
-#}

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
        measures.about,
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
listed_values as {{ worked_out_once() }} (
    select
        row_number() over (
            order by measures.measure_id, breakdown_value.breakdown, breakdown_value.breakdown_value
        ) as value_number,
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

measure_breakdowns as {{ worked_out_once() }} (
    select
        row_number() over (order by measure_id, breakdown) as breakdown_number,
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
        measure_breakdowns.breakdown_number,
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

areas as {{ worked_out_once() }} (
    select
        row_number() over (order by authority, area_code) as area_number,
        authority,
        area_code,
        area_type
    from {{ ref('dim_area') }}
),

people as (
    select
        person_key,
        {{ any_number() }} as person_number
    from (select distinct person_key from {{ ref('measure_event') }} where person_key is not null) as known
),

-- Whose only event of a measure it is in any period that it falls in need not be looked for among others: a stock has
-- one day, and what is shown of quarters only falls in one, unless it lasts over the quarter's end.
event_days as (
    select
        measure_id,
        case
            when counted_as = 'stock' then 'day'
            when periods = 'quarter' and counted_as not in ('nights', 'span') then 'quarter'
            else 'ever'
        end as seen
    from measures
),

lone_events as (
    select
        events.measure_id,
        events.authority,
        events.person_key,
        min(events.start_date) as start_date
    from {{ ref('measure_event') }} as events
    inner join event_days
        on events.measure_id = event_days.measure_id
    where events.person_key is not null
    group by
        events.measure_id,
        events.authority,
        events.person_key,
        case event_days.seen
            when 'day' then events.start_date
            when 'quarter' then {{ first_of_quarter('events.start_date') }}
        end
    having count(*) = 1
),

-- What happened, with the numbers of its own area and of the county, one for events of the county's own.
numbered_events as {{ worked_out_once() }} (
    select
        {{ any_number() }} as event_number,
        lone_events.person_key is not null as stands_alone,
        events.measure_id,
        events.authority,
        events.start_date,
        events.end_date,
        events.quantity,
        events.in_numerator,
        people.person_number,
        areas.area_number,
        {% for breakdown in common_breakdowns() + own_breakdowns() -%}
            events.{{ breakdown }},
        {% endfor -%}
        case when events.area_code <> counties.area_code then counties.area_number end as county_number
    from {{ ref('measure_event') }} as events
    left join lone_events
        on
            events.measure_id = lone_events.measure_id
            and events.authority = lone_events.authority
            and events.person_key = lone_events.person_key
            and events.start_date = lone_events.start_date
    left join areas
        on
            events.authority = areas.authority
            and events.area_code = areas.area_code
    left join areas as counties
        on
            events.authority = counties.authority
            and counties.area_type = 'county'
    left join people
        on events.person_key = people.person_key
),

-- Each event in each period that it falls in, for its own area and for the county.
period_events as (
    select
        periods.period_number,
        periods.counted_as,
        periods.about,
        events.event_number,
        events.person_number,
        events.stands_alone,
        events.in_numerator,
        events.area_number,
        events.county_number,
        {% for breakdown in common_breakdowns() -%}
            events.{{ breakdown }},
        {% endfor -%}
        case
            when periods.counted_as = 'nights'
                then {{ days_between(
                    'greatest(events.start_date, periods.period_start)', 'least(events.end_date, periods.period_end)'
                ) }}
            else events.quantity
        end as quantity
    from numbered_events as events
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

area_events as {{ worked_out_once() }} (
    {% for number in ['area_number', 'county_number'] -%}
        select
            period_number,
            counted_as,
            about,
            event_number,
            stands_alone,
            person_number,
            in_numerator,
            {{ number }} as area_number,
            {% for breakdown in common_breakdowns() -%}
                {{ breakdown }},
            {% endfor -%}
            quantity
        from period_events
        where {{ number }} is not null
        {% if not loop.last -%}
            union all
        {% endif -%}
    {%- endfor %}
),

common_counts as (
    {% for breakdown in ['total'] + common_breakdowns() -%}
        select
            period_number,
            area_number,
            '{{ breakdown }}' as breakdown,
            {{ "'total'" if loop.first else breakdown }} as breakdown_value,
            count(*) as events,
            count(*) filter (where stands_alone)
            + count(distinct person_number) filter (where not stands_alone) as people,
            cast(sum(quantity) filter (where counted_as = 'nights') as bigint) as nights,
            count(in_numerator) as known,
            count(*) filter (where in_numerator) as held
        from area_events
        {% if loop.first -%}
            group by period_number, area_number
        {%- else -%}
            where about = 'person'
            group by period_number, area_number, {{ breakdown }}
        {%- endif %}
        {% if not loop.last -%}
            union all
        {% endif -%}
    {%- endfor %}
),

event_values as {{ worked_out_once() }} (
    select
        events.event_number,
        measure_breakdowns.breakdown_number,
        case measure_breakdowns.breakdown
            {% for breakdown in own_breakdowns() -%}
                when '{{ breakdown }}' then events.{{ breakdown }}
            {% endfor %}
        end as breakdown_value
    from numbered_events as events
    inner join measure_breakdowns
        on events.measure_id = measure_breakdowns.measure_id
    where
        measure_breakdowns.breakdown not in (
            {% for breakdown in common_breakdowns() -%}
                '{{ breakdown }}',
            {% endfor -%}
            'total'
        )
),

own_counts as (
    select
        area_events.period_number,
        area_events.area_number,
        event_values.breakdown_number,
        event_values.breakdown_value,
        count(*) as events,
        count(*) filter (where area_events.stands_alone)
        + count(distinct area_events.person_number) filter (where not area_events.stands_alone) as people,
        cast(sum(area_events.quantity) filter (where area_events.counted_as = 'nights') as bigint) as nights,
        count(area_events.in_numerator) as known,
        count(*) filter (where area_events.in_numerator) as held
    from area_events
    inner join event_values
        on area_events.event_number = event_values.event_number
    group by
        area_events.period_number,
        area_events.area_number,
        event_values.breakdown_number,
        event_values.breakdown_value
),

middle_values as (
    select
        area_events.period_number,
        area_events.area_number,
        event_values.breakdown_number,
        event_values.breakdown_value,
        {{ quantile('area_events.quantity', 0.5) }} as median,
        {{ quantile('area_events.quantity', 0.9) }} as p90
    from area_events
    inner join event_values
        on area_events.event_number = event_values.event_number
    where area_events.counted_as = 'duration'
    group by
        area_events.period_number,
        area_events.area_number,
        event_values.breakdown_number,
        event_values.breakdown_value
),

happened as (
    select
        common_counts.period_number,
        common_counts.area_number,
        measure_breakdowns.breakdown_number,
        common_counts.breakdown_value,
        common_counts.events,
        common_counts.people,
        common_counts.nights,
        common_counts.known,
        common_counts.held,
        cast(null as double) as median,
        cast(null as double) as p90
    from common_counts
    inner join measure_periods as periods
        on common_counts.period_number = periods.period_number
    inner join measure_breakdowns
        on
            periods.measure_id = measure_breakdowns.measure_id
            and common_counts.breakdown = measure_breakdowns.breakdown
    union all
    select
        own_counts.period_number,
        own_counts.area_number,
        own_counts.breakdown_number,
        own_counts.breakdown_value,
        own_counts.events,
        own_counts.people,
        own_counts.nights,
        own_counts.known,
        own_counts.held,
        middle_values.median,
        middle_values.p90
    from own_counts
    left join middle_values
        on
            own_counts.period_number = middle_values.period_number
            and own_counts.area_number = middle_values.area_number
            and own_counts.breakdown_number = middle_values.breakdown_number
            and own_counts.breakdown_value is not distinct from middle_values.breakdown_value
),

-- The number of a value is null where the seed does not list it but as found.
counts as {{ worked_out_once() }} (
    select
        happened.period_number,
        happened.area_number,
        happened.breakdown_number,
        happened.breakdown_value,
        listed_values.value_number,
        happened.events,
        happened.people,
        happened.nights,
        happened.known,
        happened.held,
        happened.median,
        happened.p90
    from happened
    inner join measure_breakdowns
        on happened.breakdown_number = measure_breakdowns.breakdown_number
    left join listed_values
        on
            measure_breakdowns.measure_id = listed_values.measure_id
            and measure_breakdowns.breakdown = listed_values.breakdown
            and happened.breakdown_value = listed_values.breakdown_value
            and not listed_values.as_found
),

cohorts as (
    select
        counts.period_number,
        counts.area_number,
        counts.people as cohort
    from counts
    inner join measure_breakdowns
        on counts.breakdown_number = measure_breakdowns.breakdown_number
    where
        measure_breakdowns.measure_id = 'accommodation_now'
        and measure_breakdowns.breakdown = 'total'
),

-- Who should have sent what for an area: its county's case system and forms, its district's homelessness team, its
-- schemes.
senders as (
    select
        area.authority,
        area.area_number,
        own_family.family,
        area.authority as sender,
        cast(null as date) as valid_from,
        cast(null as date) as valid_to
    from areas as area
    cross join (values ('case_system'), ('protocol_forms')) as own_family (family)
    union all
    select
        area.authority,
        area.area_number,
        'homelessness' as family,
        district.area_code as sender,
        cast(null as date) as valid_from,
        cast(null as date) as valid_to
    from areas as area
    inner join areas as district
        on
            area.authority = district.authority
            and district.area_type = 'district'
            and (area.area_code = district.area_code or area.area_type <> 'district')
    union all
    select
        area.authority,
        area.area_number,
        'lettings' as family,
        scheme_area.scheme as sender,
        scheme_area.valid_from,
        scheme_area.valid_to
    from areas as area
    inner join areas as district
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
            {{ one_row_per_word('sources_needed') }} as token
        from (select distinct sources_needed from measures) as distinct_sources
    ) as tokens
),

-- Each table needed of each sender, with the day that it has reached.
needed_senders as (
    select
        needs.need_number,
        needs.judged_from,
        senders.area_number,
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
        senders.area_number,
        senders.family,
        senders.sender,
        needed_tables.extract_name,
        extract.latest_data_date
),

coverage as (
    select
        need_number,
        area_number,
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
    group by need_number, area_number
),

-- A district is shown when all its senders have spoken for the period and the policy that the measure asks is known;
-- the county, what lies outside and what is unknown need the county's own senders only.
area_periods as {{ worked_out_once() }} (
    select
        periods.period_number,
        periods.measure_id,
        periods.definition_version,
        periods.authority,
        periods.period_kind,
        periods.period_start,
        periods.period_label,
        area.area_number,
        area.area_code,
        area.area_type,
        case when periods.measure_id = 'accommodation_now' then coalesce(cohorts.cohort, 0) end as cohort,
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
    inner join areas as area
        on coverage.area_number = area.area_number
    left join {{ ref('measure_policy_gap') }} as gap
        on
            periods.measure_id = gap.measure_id
            and periods.authority = gap.authority
            and periods.period_kind = gap.period_kind
            and periods.period_label = gap.period_label
            and area.area_code = gap.area_code
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
    left join cohorts
        on
            periods.period_number = cohorts.period_number
            and area.area_number = cohorts.area_number
),

-- What is listed whether or not it happened: the total of every area, and every value in the county row. An area that
-- is not available shows that, once, and no breakdown; the county shows it for every value of the seed.
listed_figures as (
    select
        area_periods.*,
        listed_values.value_number,
        listed_values.breakdown_value,
        measure_breakdowns.breakdown_number
    from area_periods
    inner join listed_values
        on area_periods.measure_id = listed_values.measure_id
    inner join measure_breakdowns
        on
            listed_values.measure_id = measure_breakdowns.measure_id
            and listed_values.breakdown = measure_breakdowns.breakdown
    where
        not listed_values.as_found
        and (listed_values.breakdown = 'total' or area_periods.area_type = 'county')
),

shown_figures as (
    select
        listed_figures.period_number,
        listed_figures.measure_id,
        listed_figures.definition_version,
        listed_figures.authority,
        listed_figures.period_kind,
        listed_figures.period_start,
        listed_figures.period_label,
        listed_figures.area_number,
        listed_figures.area_code,
        listed_figures.area_type,
        listed_figures.cohort,
        listed_figures.senders_received,
        listed_figures.senders_expected,
        listed_figures.as_at,
        listed_figures.coverage,
        listed_figures.breakdown_value,
        listed_figures.breakdown_number,
        counts.median,
        counts.p90,
        coalesce(counts.events, 0) as events,
        coalesce(counts.people, 0) as people,
        coalesce(counts.nights, 0) as nights,
        coalesce(counts.known, 0) as known,
        coalesce(counts.held, 0) as held
    from listed_figures
    left join counts
        on
            listed_figures.period_number = counts.period_number
            and listed_figures.area_number = counts.area_number
            and listed_figures.value_number = counts.value_number
    union all
    -- What stands only where it happened.
    select
        area_periods.period_number,
        area_periods.measure_id,
        area_periods.definition_version,
        area_periods.authority,
        area_periods.period_kind,
        area_periods.period_start,
        area_periods.period_label,
        area_periods.area_number,
        area_periods.area_code,
        area_periods.area_type,
        area_periods.cohort,
        area_periods.senders_received,
        area_periods.senders_expected,
        area_periods.as_at,
        area_periods.coverage,
        counts.breakdown_value,
        counts.breakdown_number,
        counts.median,
        counts.p90,
        counts.events,
        counts.people,
        coalesce(counts.nights, 0) as nights,
        counts.known,
        counts.held
    from counts
    inner join measure_breakdowns
        on counts.breakdown_number = measure_breakdowns.breakdown_number
    inner join area_periods
        on
            counts.period_number = area_periods.period_number
            and counts.area_number = area_periods.area_number
    where
        area_periods.coverage <> 'not_available'
        and (
            counts.value_number is null
            or (measure_breakdowns.breakdown <> 'total' and area_periods.area_type <> 'county')
        )
),

figures as (
    select
        shown_figures.period_number,
        shown_figures.measure_id,
        shown_figures.definition_version,
        shown_figures.authority,
        shown_figures.period_kind,
        shown_figures.period_start,
        shown_figures.period_label,
        shown_figures.area_number,
        shown_figures.area_code,
        shown_figures.area_type,
        shown_figures.cohort,
        shown_figures.senders_received,
        shown_figures.senders_expected,
        shown_figures.as_at,
        shown_figures.coverage,
        shown_figures.breakdown_value,
        shown_figures.breakdown_number,
        statistics.breakdown,
        statistics.statistic,
        case statistics.statistic
            when 'people' then shown_figures.people
            when 'nights' then shown_figures.nights
            when 'share' then shown_figures.held
            else shown_figures.events
        end as numerator,
        case
            when statistics.statistic = 'share' then shown_figures.known
            when statistics.statistic in ('median', 'p90') then shown_figures.events
            else shown_figures.cohort
        end as denominator,
        case
            when statistics.statistic = 'median' then shown_figures.median
            when statistics.statistic = 'p90' then shown_figures.p90
        end as quantile
    from shown_figures
    inner join statistics
        on shown_figures.breakdown_number = statistics.breakdown_number
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
