{#
    Steps of which each depends on the one before, unrolled `var('greedy_rounds')` times, because a recursive query
    is slow in one engine and new in the other. Each user of these macros has a data test that fails when the rounds
    do not suffice.
#}

{#
    Marks what to keep of a relation when each row within `days` days after the last one kept is dropped.
    The relation has `spacing_number`, unique and ascending in the order of the walk, and `spaced_on`, its date.
    A row further than that from the row before is kept for certain and begins a cluster, named by its number.
    Gives `kept_when_spaced` (spacing_number), the rows kept.
#}
{% macro kept_when_spaced(relation, by, days) -%}
    {%- set keys = by | join(', ') -%}
    spacing_start as (
        select
            {{ keys }},
            spacing_number,
            spaced_on,
            case
                when spaced_on <= {{ add_days(
                    'lag(spaced_on) over (partition by ' ~ keys ~ ' order by spacing_number)', days
                ) }} then null
                else spacing_number
            end as begins_cluster
        from {{ relation }}
    ),

    spacing_cluster as {{ worked_out_once() }} (
        select
            spacing_number,
            spaced_on,
            max(begins_cluster) over (
                partition by {{ keys }}
                order by spacing_number
                rows between unbounded preceding and current row
            ) as cluster_number
        from spacing_start
    ),

    kept_1 as {{ worked_out_once() }} (
        select
            cluster_number,
            spacing_number,
            spaced_on
        from spacing_cluster
        where spacing_number = cluster_number
    ),
    {%- for turn in range(2, var('greedy_rounds') + 1) %}

    kept_{{ turn }} as {{ worked_out_once() }} (
        select
            cluster_number,
            spacing_number,
            spaced_on
        from (
            select
                walked.cluster_number,
                walked.spacing_number,
                walked.spaced_on,
                row_number() over (partition by walked.cluster_number order by walked.spacing_number) as place
            from spacing_cluster as walked
            inner join kept_{{ turn - 1 }} as kept
                on
                    walked.cluster_number = kept.cluster_number
                    and walked.spaced_on > {{ add_days('kept.spaced_on', days) }}
        ) as walked
        where place = 1
    ),
    {%- endfor %}

    kept_when_spaced as (
        {%- for turn in range(1, var('greedy_rounds') + 1) %}
        select spacing_number from kept_{{ turn }}
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}


{#
    Joins to each anchor the nearest candidate not yet joined, anchors taking turns in the order of `record_number`.
    Both relations have authority, person_key, family, start_date and `record_number`, unique and ascending in the
    order of start date and record id, which also settles ties between candidates.
    Anchors more than twice the reach apart cannot want the same candidate, so turns are counted within clusters.
    Gives `<name>` (anchor_number, candidate_number), one row per anchor that found one.
#}
{% macro join_nearest(name, anchors, candidates) -%}
    {%- set reach = var('move_join_days') -%}
    {{ name }}_pair as (
        select
            anchors.record_number as anchor_number,
            candidates.record_number as candidate_number,
            anchors.authority,
            anchors.person_key,
            anchors.family,
            anchors.start_date,
            abs({{ days_between('anchors.start_date', 'candidates.start_date') }}) as distance
        from {{ anchors }} as anchors
        inner join {{ candidates }} as candidates
            on
                anchors.authority = candidates.authority
                and anchors.person_key = candidates.person_key
                and anchors.family = candidates.family
                and abs({{ days_between('anchors.start_date', 'candidates.start_date') }}) <= {{ reach }}
    ),

    {{ name }}_anchor as (
        select
            anchor_number,
            authority,
            person_key,
            family,
            case
                when {{ days_between(
                    'lag(start_date) over (partition by authority, person_key, family order by anchor_number)',
                    'start_date'
                ) }} <= 2 * {{ reach }} then 0
                else 1
            end as begins_cluster
        from {{ name }}_pair
        group by anchor_number, authority, person_key, family, start_date
    ),

    {{ name }}_cluster as (
        select
            anchor_number,
            authority,
            person_key,
            family,
            sum(begins_cluster) over (
                partition by authority, person_key, family
                order by anchor_number
                rows between unbounded preceding and current row
            ) as cluster_number
        from {{ name }}_anchor
    ),

    {{ name }}_turn as (
        select
            anchor_number,
            row_number() over (
                partition by authority, person_key, family, cluster_number
                order by anchor_number
            ) as turn
        from {{ name }}_cluster
    ),

    {{ name }}_wish as {{ worked_out_once() }} (
        select
            pairs.anchor_number,
            pairs.candidate_number,
            pairs.distance,
            turns.turn
        from {{ name }}_pair as pairs
        inner join {{ name }}_turn as turns
            on pairs.anchor_number = turns.anchor_number
    ),

    {%- for turn in range(1, var('greedy_rounds') + 1) %}

    {{ name }}_choice_{{ turn }} as (
        select
            anchor_number,
            candidate_number
        from (
            select
                wishes.anchor_number,
                wishes.candidate_number,
                row_number() over (
                    partition by wishes.anchor_number
                    order by wishes.distance, wishes.candidate_number
                ) as preference
            from {{ name }}_wish as wishes
            {%- if not loop.first %}
            left join {{ name }}_joined_{{ turn - 1 }} as joined
                on wishes.candidate_number = joined.candidate_number
            {%- endif %}
            where
                wishes.turn = {{ turn }}
                {%- if not loop.first %}
                and joined.candidate_number is null
                {%- endif %}
        ) as preferences
        where preference = 1
    ),

    {{ name }}{{ '' if loop.last else '_joined_' ~ turn }} as {{ worked_out_once() }} (
        {%- if not loop.first %}
        select
            anchor_number,
            candidate_number
        from {{ name }}_joined_{{ turn - 1 }}
        union all
        {%- endif %}
        select
            anchor_number,
            candidate_number
        from {{ name }}_choice_{{ turn }}
    ){{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{# Asks for a named query to be worked out once, however often it is read. #}
{% macro worked_out_once() -%}
    {{ return(adapter.dispatch('worked_out_once', 'lasting_homes')()) }}
{%- endmacro %}

{#
    DuckDB's planner takes time that doubles with each unrolled round unless told; Spark has no such words, so that its
    materialization looks for the comment (macros/spark.sql).
#}
{% macro duckdb__worked_out_once() -%}
    materialized
{%- endmacro %}

{% macro default__worked_out_once() -%}
    /* worked out once */
{%- endmacro %}


{#
    Of a named query within another: that it is worked out before what reads it, and not drawn into it.
    DuckDB is told; Spark reads it once in any case, and takes no step apart from within a query.
#}
{% macro worked_out_first() -%}
    {{ return(adapter.dispatch('worked_out_first', 'lasting_homes')()) }}
{%- endmacro %}

{# DuckDB would join before it works the query out, and so compare every row with every other. #}
{% macro duckdb__worked_out_first() -%}
    materialized
{%- endmacro %}

{% macro default__worked_out_first() -%}
{%- endmacro %}
