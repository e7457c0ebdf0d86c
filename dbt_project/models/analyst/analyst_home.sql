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
    {{ days_between('home.start_date', 'coalesce(home.end_date, clock.as_at)') }} as days,
    home.district,
    area.area_name as district_name,
    {{ completed_years('person.date_of_birth', 'home.start_date') }} as age_at_start
from {{ ref('fct_home') }} as home
inner join {{ ref('dim_clock') }} as clock
    on home.authority = clock.authority
inner join {{ ref('dim_person') }} as person
    on
        home.authority = person.authority
        and home.person_key = person.person_key
left join {{ ref('dim_area') }} as area
    on
        home.authority = area.authority
        and home.district = area.area_code
