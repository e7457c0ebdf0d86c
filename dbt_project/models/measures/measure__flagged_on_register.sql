with {{ applications_on_register() }},

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
        scheme,
        care_leaver_flag as in_numerator
    from registered
)

{{ measure_event('flagged_on_register', 'events', own=['scheme'], share=true) }}
