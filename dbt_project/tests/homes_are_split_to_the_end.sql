-- Within a home, each fragment begins at most a day after all before it and at the same postcode, as far as both are
-- known; else the splitting ran out of rounds (var greedy_rounds).
with so_far as (
    select
        authority,
        person_key,
        record_id,
        start_date,
        postcode,
        max(coalesce(end_date, {{ end_of_time() }})) over (
            partition by authority, person_key, kind_of_home, chain_number
            order by fragment_number
            rows between unbounded preceding and 1 preceding
        ) as end_so_far,
        {{ last_known('postcode', 'partition by authority, person_key, kind_of_home, chain_number
            order by fragment_number rows between unbounded preceding and 1 preceding') }} as postcode_so_far
    from {{ ref('fct_home_fragment') }}
)

select *
from so_far
where
    (end_so_far < {{ end_of_time() }} and start_date > {{ add_days('end_so_far', 1) }})
    or postcode <> postcode_so_far
