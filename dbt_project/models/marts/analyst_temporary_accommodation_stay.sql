select
    stay.authority,
    stay.person_key,
    stay.record_id,
    stay.district,
    stay.entry_date,
    stay.exit_date,
    stay.nights,
    stay.ordinal,
    stay.tier,
    stay.agreement,
    {{ completed_years('person.date_of_birth', 'stay.entry_date') }} as age_at_entry
from {{ ref('fct_temporary_accommodation_stay') }} as stay
inner join {{ ref('dim_person') }} as person
    on
        stay.authority = person.authority
        and stay.person_key = person.person_key
