-- Nights before monitoring or out of scope are cut off.
with runs as (
    select
        fragment.authority,
        fragment.person_key,
        fragment.record_id,
        fragment.district,
        greatest(fragment.owns_from, scope.start_date) as first_night,
        greatest(fragment.owns_from, scope.start_date, authority.monitoring_from) as start_date,
        least(fragment.owns_until, scope.end_date) as end_date
    from {{ ref('fct_no_fixed_abode') }} as fragment
    inner join {{ ref('fct_scope') }} as scope
        on
            fragment.authority = scope.authority
            and fragment.person_key = scope.person_key
            and scope.scope = 'protocol'
            and fragment.owns_from < scope.end_date
            and fragment.owns_until > scope.start_date
    inner join {{ ref('authority') }} as authority
        on fragment.authority = authority.authority
    where fragment.owns_from < fragment.owns_until
),

events as (
    select
        authority,
        person_key,
        record_id,
        district,
        start_date,
        end_date,
        {{ days_between('start_date', 'end_date') }} as quantity,
        first_night as valued_on
    from runs
    where start_date < end_date
)

{{ measure_event('no_fixed_abode_nights', 'events') }}
