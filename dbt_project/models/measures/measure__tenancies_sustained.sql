with looked_at as (
    {% for months in [3, 6, 12] -%}
        select
            tenancy.authority,
            tenancy.person_key,
            tenancy.record_id,
            tenancy.district,
            tenancy.kind_of_home,
            tenancy.start_date,
            tenancy.ended_on,
            tenancy.reason,
            '{{ months }}' as months_after,
            {{ add_months('tenancy.start_date', months) }} as day
        from {{ ref('fct_tenancy') }} as tenancy
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

outcomes as (
    select
        looked_at.authority,
        looked_at.person_key,
        looked_at.record_id,
        looked_at.district,
        looked_at.kind_of_home,
        looked_at.start_date,
        looked_at.months_after,
        case
            when looked_at.ended_on is null or looked_at.ended_on > looked_at.day then 'held'
            when looked_at.reason in ('planned_move', 'died') then looked_at.reason
            when looked_at.reason in ('notice', 'eviction', 'abandonment', 'arrears') then 'broke_down'
            else 'ended_not_known'
        end as outcome
    from looked_at
    inner join {{ ref('dim_clock') }} as clock
        on looked_at.authority = clock.authority
    where looked_at.day <= clock.as_at
),

events as (
    select
        authority,
        person_key,
        record_id,
        district,
        start_date,
        cast(null as date) as end_date,
        1 as quantity,
        start_date as valued_on,
        kind_of_home,
        months_after,
        outcome,
        case
            when outcome = 'held' then true
            when outcome in ('broke_down', 'ended_not_known') then false
        end as in_numerator
    from outcomes
)

{{ measure_event(
    'tenancies_sustained', 'events', scope='protocol', own=['kind_of_home', 'months_after', 'outcome'], share=true
) }}
