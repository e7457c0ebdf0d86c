with releases as (
    select
        custody.authority,
        custody.person_key,
        custody.record_id,
        home.district,
        custody.released_on as start_date,
        cast(null as date) as end_date,
        1 as quantity,
        coalesce(custody.address_on_release_known, false) as in_numerator,
        custody.released_on as valued_on
    from {{ ref('fct_custody') }} as custody
    inner join {{ ref('dim_clock') }} as clock
        on custody.authority = clock.authority
    {{ join_home('custody', 'custody.released_on', 'clock.as_at') }}
    where custody.released_on is not null
)

{{ measure_event('releases_with_address', 'releases', scope='protocol', share=true) }}
