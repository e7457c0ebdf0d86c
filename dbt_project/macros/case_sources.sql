{# The sources of the case system and what settles between them (decision 9, readings 77 and 94). #}

{# Sources in the order that settles ties. #}
{% macro case_sources() -%}
    {{ return(['ssd', 'annex_a', 'ssda903']) }}
{%- endmacro %}


{# The place of a source in that order. #}
{% macro source_rank(source) -%}
    case {{ source }}
        {%- for name in case_sources() %}
            when '{{ name }}' then {{ loop.index }}
        {%- endfor %}
        else {{ case_sources() | length + 1 }}
    end
{%- endmacro %}


{#
    Of each person's rows those of the source with the highest data date, whole; of each other source only the days
    before the first day of those that speak before it.
    The relation has authority, person_key, source, data_date, start_date, end_date (never null) and the columns of
    `keep`. Adds is_cut: whether the row's end is another source's first day.
#}
{% macro spoken_for(relation, keep) -%}
    select
        {{ keep | join(', ') }},
        authority,
        person_key,
        source,
        data_date,
        start_date,
        least(end_date, cut_from) as end_date,
        cut_from < end_date as is_cut
    from (
        select
            {% for column in keep %}spans.{{ column }}, {% endfor %}
            spans.authority,
            spans.person_key,
            spans.source,
            spans.data_date,
            spans.start_date,
            spans.end_date,
            coalesce(
                min(speakers.first_day) over (
                    partition by spans.authority, spans.person_key
                    order by speakers.place
                    range between unbounded preceding and 1 preceding
                ),
                {{ end_of_time() }}
            ) as cut_from
        from {{ relation }} as spans
        inner join (
            select
                authority,
                person_key,
                source,
                min(start_date) as first_day,
                row_number() over (
                    partition by authority, person_key
                    order by max(data_date) desc, {{ source_rank('source') }}
                ) as place
            from {{ relation }}
            group by authority, person_key, source
        ) as speakers
            on
                spans.authority = speakers.authority
                and spans.person_key = speakers.person_key
                and spans.source = speakers.source
    ) as spans_in_order
    where start_date < cut_from
{%- endmacro %}


{#
    Runs of a person's calendar days of which the care-leaver snapshots say the same `value`, one row each, with the
    days between which the run can have begun (decision 9, reading 95).
#}
{% macro snapshot_runs(value) -%}
    with snapshots as (
        select
            authority,
            person_key,
            data_date,
            snapshot_number,
            previous_data_date,
            next_data_date,
            {{ value }},
            load_id,
            row_number,
            lag(snapshot_number) over (partition by authority, person_key order by snapshot_number) as number_before,
            lag({{ value }}) over (partition by authority, person_key order by snapshot_number) as value_before
        from {{ ref('fct_care_snapshot') }}
    ),

    numbered_snapshots as (
        select
            authority,
            person_key,
            data_date,
            previous_data_date,
            next_data_date,
            {{ value }},
            load_id,
            row_number,
            number_before,
            sum(case when number_before = snapshot_number - 1 and value_before = {{ value }} then 0 else 1 end) over (
                partition by authority, person_key
                order by snapshot_number
                rows between unbounded preceding and current row
            ) as run_number
        from snapshots
    ),

    places as (
        select
            authority,
            person_key,
            data_date,
            previous_data_date,
            next_data_date,
            {{ value }},
            load_id,
            row_number,
            number_before,
            run_number,
            row_number() over (partition by authority, person_key, run_number order by data_date) as place,
            row_number() over (partition by authority, person_key, run_number order by data_date desc) as place_from_end
        from numbered_snapshots
        where {{ value }} is not null
    )

    select
        first_day.authority,
        first_day.person_key,
        first_day.{{ value }},
        first_day.data_date as start_date,
        coalesce(last_day.next_data_date, {{ add_days('last_day.data_date', 1) }}) as end_date,
        last_day.next_data_date is null as is_open,
        first_day.number_before is not null as start_recorded,
        case
            when first_day.number_before is not null then {{ add_days('first_day.previous_data_date', 1) }}
        end as earliest_start,
        first_day.data_date as latest_start,
        last_day.data_date,
        first_day.load_id,
        first_day.row_number
    from places as first_day
    inner join places as last_day
        on
            first_day.authority = last_day.authority
            and first_day.person_key = last_day.person_key
            and first_day.run_number = last_day.run_number
            and last_day.place_from_end = 1
    where first_day.place = 1
{%- endmacro %}


{#
    Spans that Annex A's List 8 tells by `started_on` (the column's name): one row per child and first day, with the
    last row's values of `keep`. A span ends on the day of ceasing, on the child's next first day or on the data date
    of the next file, for there the child would stand with it (decision 9, reading 93).
#}
{% macro spans_of_list_8(started_on, keep) -%}
    select
        authority,
        person_id,
        {% for column in keep %}{{ column }}, {% endfor %}
        start_date,
        case when end_date < {{ end_of_time() }} then end_date end as end_date,
        data_date,
        load_id,
        row_number
    from (
        select
            latest.authority,
            latest.person_id,
            {% for column in keep %}latest.{{ column }}, {% endfor %}
            latest.{{ started_on }} as start_date,
            least(
                coalesce(latest.care_ceased_on, {{ end_of_time() }}),
                coalesce(
                    lead(latest.{{ started_on }}) over (
                        partition by latest.authority, latest.person_id
                        order by latest.{{ started_on }}
                    ),
                    {{ end_of_time() }}
                ),
                coalesce(files.next_data_date, {{ end_of_time() }})
            ) as end_date,
            latest.data_date,
            latest.load_id,
            latest.row_number
        from (
            select
                child.*,
                row_number() over (
                    partition by child.authority, child.person_id, child.{{ started_on }}
                    order by child.data_date desc
                ) as place_from_end
            from {{ ref('stg_case_system__annex_a_list_8') }} as child
            where child.{{ started_on }} <= child.data_date
        ) as latest
        inner join (
            select
                authority,
                data_date,
                lead(data_date) over (partition by authority order by data_date) as next_data_date
            from (
                select distinct
                    sender as authority,
                    data_date
                from {{ ref('stg_landing__load') }}
                where
                    family = 'case_system'
                    and extract_name = 'annex_a_list_8'
            ) as loads
        ) as files
            on
                latest.authority = files.authority
                and latest.data_date = files.data_date
        where latest.place_from_end = 1
    ) as spans
{%- endmacro %}
