with events as (
    select
        tenancy.authority,
        tenancy.person_key,
        tenancy.record_id,
        tenancy.district,
        tenancy.ended_on as start_date,
        cast(null as date) as end_date,
        1 as quantity,
        case
            when tenancy.ended_by_death then {{ add_days('tenancy.ended_on', -1) }}
            else tenancy.ended_on
        end as valued_on,
        tenancy.kind_of_home,
        tenancy.reason
    from {{ ref('fct_tenancy') }} as tenancy
    inner join {{ ref('dim_clock') }} as clock
        on tenancy.authority = clock.authority
    where tenancy.ended_on <= clock.as_at
)

{{ measure_event('tenancies_ended', 'events', scope='protocol', own=['kind_of_home', 'reason']) }}
