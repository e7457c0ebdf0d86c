with days as (
    {{ period_ends(['quarter']) }}
),

{{ stays_now(ref('fct_any_temporary_accommodation_placement'), 'days', 'protocol') }},

events as (
    select
        authority,
        person_key,
        record_id,
        district,
        day as start_date,
        {{ add_days('day', 1) }} as end_date,
        1 as quantity,
        day as valued_on,
        tier,
        accommodation_type as placement_type
    from stays_now
)

{{ measure_event('temporary_accommodation_now', 'events', own=['tier', 'placement_type']) }}
