{%- set resting_on = ['kind_of_home', 'suitability', 'in_touch', 'age_band'] -%}

-- What was published of our own councils, its categories added up to what we can count. A sum with a hidden part is
-- not known.
with published as (
    select
        comparator.authority,
        comparator.area_gss as area_code,
        comparator.comparator,
        comparator.table_name,
        comparator.comparison,
        comparator.age_group,
        comparator.period_end,
        max(comparator.published_on) as published_on,
        case when count(comparator.figure) = count(*) then sum(comparator.figure) end as published,
        max(case when comparator.figure_status = 'c' then 1 else 0 end) = 1 as is_suppressed
    from {{ ref('comparator') }} as comparator
    where comparator.comparator in ('own_county', 'own_district')
    group by
        comparator.authority,
        comparator.area_gss,
        comparator.comparator,
        comparator.table_name,
        comparator.comparison,
        comparator.age_group,
        comparator.period_end
),

ages as (
    select distinct
        age_group,
        age_from,
        age_to
    from {{ ref('published_age') }}
),

compared as (
    select
        published.authority,
        published.area_code,
        published.comparator,
        published.table_name,
        published.comparison,
        published.age_group,
        published.period_end,
        published.published_on,
        published.published,
        published.is_suppressed,
        comparison.measure_id,
        comparison.breakdown,
        comparison.breakdown_values,
        ages.age_from,
        ages.age_to,
        period.period_label,
        period.period_start,
        observation.coverage,
        authority.scope_age_from > ages.age_from or authority.scope_age_to < ages.age_to as is_out_of_scope
    from published
    inner join {{ ref('comparison') }} as comparison
        on published.comparison = comparison.comparison
    inner join {{ ref('authority') }} as authority
        on published.authority = authority.authority
    left join ages
        on published.age_group = ages.age_group
    left join {{ ref('dim_period') }} as period
        on
            published.authority = period.authority
            and period.period_kind = 'quarter'
            and published.period_end = period.last_day
    left join {{ ref('measure_observation') }} as observation
        on
            published.authority = observation.authority
            and published.area_code = observation.area_code
            and comparison.measure_id = observation.measure_id
            and observation.period_kind = 'quarter'
            and period.period_label = observation.period_label
            and observation.breakdown = 'total'
            and observation.statistic = 'people'
    where comparison.measure_id is not null
),

-- A stock of the day, a flow of the quarter that ends with it; of duties those that MHCLG's table is about.
events as (
    select
        event.measure_id,
        event.authority,
        event.area_code,
        event.person_key,
        event.start_date,
        {%- for breakdown in resting_on %}
            event.{{ breakdown }},
        {%- endfor %}
        {{ completed_years('person.date_of_birth', 'event.start_date') }} as age
    from {{ ref('measure_event') }} as event
    inner join {{ ref('dim_person') }} as person
        on
            event.authority = person.authority
            and event.person_key = person.person_key
    where
        event.measure_id in ('accommodation_now', 'in_touch')
        or (event.measure_id = 'duties_owed' and event.duty in ('prevention', 'relief'))
),

own_counts as (
    select
        compared.authority,
        compared.area_code,
        compared.table_name,
        compared.comparison,
        compared.age_group,
        compared.period_end,
        count(distinct events.person_key) as own
    from compared
    inner join events
        on
            compared.authority = events.authority
            and compared.measure_id = events.measure_id
            and (compared.comparator = 'own_county' or compared.area_code = events.area_code)
            and events.start_date <= compared.period_end
            and events.start_date >= case
                when compared.measure_id = 'duties_owed' then compared.period_start
                else compared.period_end
            end
            and (compared.age_from is null or events.age between compared.age_from and compared.age_to)
            and ' ' || compared.breakdown_values || ' ' like '% ' || case compared.breakdown
                when 'total' then 'total'
                {% for breakdown in resting_on -%}
                    when '{{ breakdown }}' then events.{{ breakdown }}
                {% endfor -%}
            end || ' %'
    group by
        compared.authority,
        compared.area_code,
        compared.table_name,
        compared.comparison,
        compared.age_group,
        compared.period_end
),

side_by_side as (
    select
        compared.authority,
        compared.area_code,
        compared.table_name,
        compared.comparison,
        compared.measure_id,
        compared.age_group,
        compared.period_end,
        compared.published_on,
        compared.published,
        compared.is_suppressed,
        compared.coverage,
        compared.is_out_of_scope,
        compared.period_label,
        case
            when compared.coverage in ('complete', 'partial') then coalesce(own_counts.own, 0)
        end as own
    from compared
    left join own_counts
        on
            compared.authority = own_counts.authority
            and compared.area_code = own_counts.area_code
            and compared.table_name = own_counts.table_name
            and compared.comparison = own_counts.comparison
            and compared.period_end = own_counts.period_end
            and coalesce(compared.age_group, '') = coalesce(own_counts.age_group, '')
),

-- Why there is nothing to compare; and of two numbers that differ what is known to part them, by definition or here.
reasons as (
    select
        side_by_side.authority,
        side_by_side.area_code,
        side_by_side.table_name,
        side_by_side.comparison,
        side_by_side.age_group,
        side_by_side.period_end,
        string_agg(reason.reason, ' ' order by reason.reason) as reasons
    from side_by_side
    inner join {{ ref('difference_reason') }} as reason
        on
            (
                side_by_side.table_name = reason.table_name
                and side_by_side.own <> side_by_side.published
            )
            or (reason.reason = 'suppressed' and side_by_side.is_suppressed)
            or (
                reason.reason = 'not_published'
                and side_by_side.published is null
                and not side_by_side.is_suppressed
            )
            or (reason.reason = 'not_monitored' and side_by_side.period_label is null)
            or (reason.reason = 'not_available' and side_by_side.coverage = 'not_available')
            or (reason.reason = 'partial' and side_by_side.coverage = 'partial')
            or (reason.reason = 'ages_out_of_scope' and side_by_side.is_out_of_scope)
    where side_by_side.own is null or side_by_side.published is null or side_by_side.own <> side_by_side.published
    group by
        side_by_side.authority,
        side_by_side.area_code,
        side_by_side.table_name,
        side_by_side.comparison,
        side_by_side.age_group,
        side_by_side.period_end
)

select
    side_by_side.authority,
    side_by_side.area_code,
    side_by_side.table_name,
    side_by_side.comparison,
    side_by_side.measure_id,
    side_by_side.age_group,
    side_by_side.period_end,
    side_by_side.published_on,
    side_by_side.published,
    side_by_side.own,
    side_by_side.own - side_by_side.published as difference,
    reasons.reasons
from side_by_side
left join reasons
    on
        side_by_side.authority = reasons.authority
        and side_by_side.area_code = reasons.area_code
        and side_by_side.table_name = reasons.table_name
        and side_by_side.comparison = reasons.comparison
        and side_by_side.period_end = reasons.period_end
        and coalesce(side_by_side.age_group, '') = coalesce(reasons.age_group, '')
