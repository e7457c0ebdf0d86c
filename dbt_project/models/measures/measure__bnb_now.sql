with days as (
    {{ period_ends(['month', 'quarter']) }}
),

bed_and_breakfast as (
    select * from {{ ref('fct_temporary_accommodation_placement') }}
    where accommodation_type = 'bed_and_breakfast'
),

{{ stays_now('bed_and_breakfast', 'days', 'protocol_or_due_to_leave') }},

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
        agreement,
        tier
    from stays_now
)

{{ measure_event('bnb_now', 'events', own=['agreement', 'tier']) }}
