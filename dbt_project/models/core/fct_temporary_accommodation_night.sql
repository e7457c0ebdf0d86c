with own_nights as (
    select
        authority,
        person_key,
        record_id,
        stay_start_date,
        source,
        tier,
        district,
        owns_from,
        capped_exit_date
    from {{ ref('fct_temporary_accommodation_placement') }}
    where owns_from < capped_exit_date
)

select
    own_nights.authority,
    own_nights.person_key,
    own_nights.record_id,
    own_nights.stay_start_date,
    own_nights.source,
    own_nights.tier,
    own_nights.district,
    greatest(own_nights.owns_from, scope.start_date) as start_date,
    least(own_nights.capped_exit_date, scope.end_date) as end_date,
    {{ days_between(
        'greatest(own_nights.owns_from, scope.start_date)',
        'least(own_nights.capped_exit_date, scope.end_date)'
    ) }} as nights
from own_nights
inner join {{ ref('fct_scope') }} as scope
    on
        own_nights.authority = scope.authority
        and own_nights.person_key = scope.person_key
        and scope.scope = 'protocol_or_due_to_leave'
        and own_nights.owns_from < scope.end_date
        and own_nights.capped_exit_date > scope.start_date
