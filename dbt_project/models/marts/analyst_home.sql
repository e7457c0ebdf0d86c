select
    home.authority,
    home.person_key,
    home.record_id,
    home.source,
    home.kind_of_home,
    home.family,
    home.start_date,
    home.end_date,
    home.start_recorded,
    home.district,
    {{ completed_years('person.date_of_birth', 'home.start_date') }} as age_at_start
from {{ ref('fct_home') }} as home
inner join {{ ref('dim_person') }} as person
    on
        home.authority = person.authority
        and home.person_key = person.person_key
