with moves as (
    select
        authority,
        person_key,
        record_id,
        district,
        start_date
    from {{ ref('fct_move') }}
    where family = 'independent'
),

distinct_starts as (
    select distinct
        authority,
        person_key,
        start_date
    from moves
),

previous_starts as (
    select
        authority,
        person_key,
        start_date,
        lag(start_date) over (partition by authority, person_key order by start_date) as previous_start_date
    from distinct_starts
),

-- The earliest registration that was still live, or closed no longer than 28 days before the move.
ranked_applications as (
    select
        moves.authority,
        moves.person_key,
        moves.record_id,
        moves.district,
        moves.start_date,
        application.record_id as application_record_id,
        application.registered_on,
        row_number() over (
            partition by moves.authority, moves.record_id, moves.start_date
            order by application.registered_on, application.scheme, application.application_ref
        ) as place
    from moves
    inner join {{ ref('fct_application') }} as application
        on
            moves.authority = application.authority
            and moves.person_key = application.person_key
            and application.registered_on <= moves.start_date
            and coalesce(application.closed_on, {{ end_of_time() }}) >= {{ add_days('moves.start_date', -28) }}
),

applications as (
    select
        ranked_applications.authority,
        ranked_applications.person_key,
        ranked_applications.record_id,
        ranked_applications.district,
        ranked_applications.start_date,
        ranked_applications.registered_on,
        version.band_on
    from ranked_applications
    left join {{ ref('fct_application_version') }} as version
        on
            ranked_applications.application_record_id = version.record_id
            and ranked_applications.start_date >= version.start_date
            and ranked_applications.start_date < version.end_date
    where ranked_applications.place = 1
),

readiness as (
    select
        moves.authority,
        moves.person_key,
        moves.record_id,
        moves.district,
        moves.start_date,
        min(readiness.tenancy_ready_on) as tenancy_ready_on
    from moves
    inner join previous_starts
        on
            moves.authority = previous_starts.authority
            and moves.person_key = previous_starts.person_key
            and moves.start_date = previous_starts.start_date
    inner join {{ ref('fct_readiness') }} as readiness
        on
            moves.authority = readiness.authority
            and moves.person_key = readiness.person_key
            and readiness.tenancy_ready_on <= moves.start_date
            and readiness.tenancy_ready_on
            > coalesce(previous_starts.previous_start_date, {{ beginning_of_time() }})
    group by moves.authority, moves.person_key, moves.record_id, moves.district, moves.start_date
),

waits as (
    select
        authority,
        person_key,
        record_id,
        district,
        start_date,
        'registration' as counted_from,
        registered_on as counted_from_day
    from applications
    union all
    select
        authority,
        person_key,
        record_id,
        district,
        start_date,
        'band' as counted_from,
        band_on as counted_from_day
    from applications
    where band_on <= start_date
    union all
    select
        authority,
        person_key,
        record_id,
        district,
        start_date,
        'ready' as counted_from,
        tenancy_ready_on as counted_from_day
    from readiness
),

events as (
    select
        authority,
        person_key,
        record_id,
        district,
        start_date,
        cast(null as date) as end_date,
        {{ days_between('counted_from_day', 'start_date') }} as quantity,
        start_date as valued_on,
        counted_from
    from waits
)

{{ measure_event('days_to_home', 'events', scope='protocol', own=['counted_from']) }}
