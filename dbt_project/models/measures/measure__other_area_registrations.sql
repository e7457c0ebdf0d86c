with pairs as (
    select
        authority,
        person_key,
        origin_gss,
        host_gss,
        min(record_id) as record_id
    from {{ ref('fct_local_connection') }}
    where origin_gss <> host_gss
    group by authority, person_key, origin_gss, host_gss
),

first_registrations as (
    select
        authority,
        person_key,
        district,
        min(registered_on) as registered_on
    from {{ ref('fct_application') }}
    group by authority, person_key, district
),

registrations as (
    select
        pairs.authority,
        pairs.person_key,
        pairs.record_id,
        pairs.host_gss as district,
        'both_areas' as registration,
        greatest(origin.registered_on, host.registered_on) as start_date
    from pairs
    inner join first_registrations as origin
        on
            pairs.authority = origin.authority
            and pairs.person_key = origin.person_key
            and pairs.origin_gss = origin.district
    inner join first_registrations as host
        on
            pairs.authority = host.authority
            and pairs.person_key = host.person_key
            and pairs.host_gss = host.district
    union all
    select
        authority,
        person_key,
        record_id,
        district,
        'refused' as registration,
        local_connection_refused_on as start_date
    from {{ ref('fct_application') }}
    where local_connection_refused_on is not null
),

events as (
    select
        registrations.authority,
        registrations.person_key,
        registrations.record_id,
        registrations.district,
        registrations.start_date,
        cast(null as date) as end_date,
        1 as quantity,
        registrations.start_date as valued_on,
        registrations.registration,
        case when registrations.start_date >= lifted.in_force_from then 'yes' else 'no' end as since_tests_lifted
    from registrations
    inner join {{ ref('policy_date') }} as lifted
        on lifted.policy = 'local_connection_lifted'
)

{{ measure_event(
    'other_area_registrations', 'events', scope='protocol', own=['registration', 'since_tests_lifted']
) }}
