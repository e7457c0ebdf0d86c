{#
    Gives each fragment of a home the number of its chain (decision 2, reading 15).

    A fragment that does not join begins the next chain, and what came before is then forgotten, so the walk is
    sequential. Each round splits what is certain: a gap behind everything so far, another postcode than that of the
    row before, and the first row of a chain that does not join. A data test fails when the rounds do not suffice.
#}
{% macro chain_fragments(relation) -%}
    {%- set columns = [
        'authority', 'person_key', 'record_id', 'source', 'kind_of_home', 'postcode', 'district', 'start_date',
        'end_date', 'is_open', 'start_recorded', 'fragment_number'
    ] -%}
    chain_0 as (
        select
            {% for column in columns %}{{ column }}, {% endfor %}
            1 as chain_number
        from {{ relation }}
    ),
    {%- for turn in range(1, var('greedy_rounds') + 1) %}

    chain_{{ turn }}_joined as (
        select
            {% for column in columns %}{{ column }}, {% endfor %}
            chain_number,
            {{ breaks_chain() }}
        from (
            {{ chain_so_far('chain_' ~ (turn - 1), columns) }}
        ) as so_far
    ),

    chain_{{ turn }}_split as (
        select
            {% for column in columns %}{{ column }}, {% endfor %}
            chain_number,
            case
                when certain_break = 1 then 1
                when possible_break = 1 and coalesce(
                    max(possible_break) over (
                        partition by authority, person_key, kind_of_home, chain_number
                        order by fragment_number
                        rows between unbounded preceding and 1 preceding
                    ), 0
                ) = 0 then 1
                else 0
            end as begins_chain
        from chain_{{ turn }}_joined
    ),

    {{ 'chain_fragments' if loop.last else 'chain_' ~ turn }} as {{ worked_out_once() }} (
        select
            {% for column in columns %}{{ column }}, {% endfor %}
            1 + sum(begins_chain + case when fragment_number = first_fragment_number then 1 else 0 end) over (
                partition by authority, person_key, kind_of_home
                order by fragment_number
                rows between unbounded preceding and current row
            ) as chain_number
        from (
            select
                {% for column in columns %}{{ column }}, {% endfor %}
                begins_chain,
                case
                    when chain_number = 1 then 0
                    else min(fragment_number) over (
                        partition by authority, person_key, kind_of_home, chain_number
                    )
                end as first_fragment_number
            from chain_{{ turn }}_split
        ) as split_chains
    ){{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{# What the chain knows before a fragment: its greatest end, its last known postcode and the postcode of the row before. #}
{% macro chain_so_far(relation, columns) -%}
    {%- set before -%}
        partition by authority, person_key, kind_of_home, chain_number
        order by fragment_number
        rows between unbounded preceding and 1 preceding
    {%- endset -%}
    select
        {% for column in columns %}{{ column }}, {% endfor %}
        chain_number,
        max(end_date) over ({{ before }}) as end_so_far,
        {{ last_known('postcode', before) }} as postcode_so_far,
        lag(postcode) over (
            partition by authority, person_key, kind_of_home, chain_number
            order by fragment_number
        ) as postcode_before
    from {{ relation }}
{%- endmacro %}


{# Whether a fragment does not join the chain so far: surely, whatever splits before it, or as far as is known yet. #}
{% macro breaks_chain() -%}
    case
        when end_so_far < {{ end_of_time() }} and start_date > {{ add_days('end_so_far', 1) }} then 1
        when postcode <> postcode_before then 1
        else 0
    end as certain_break,
            case
                when end_so_far < {{ end_of_time() }} and start_date > {{ add_days('end_so_far', 1) }} then 1
                when postcode <> postcode_so_far then 1
                else 0
            end as possible_break
{%- endmacro %}
