select
    move.authority,
    move.person_key,
    move.record_id,
    move.anchor,
    move.kind_of_home,
    move.family,
    move.start_date,
    move.end_date,
    move.district,
    area.area_name as district_name,
    move.route,
    move.scheme,
    move.agreement,
    {{ completed_years('person.date_of_birth', 'move.start_date') }} as age_at_start,
    move.letting_record_id,
    move.duty_end_record_id,
    move.home_record_id
from {{ ref('fct_move') }} as move
inner join {{ ref('dim_person') }} as person
    on
        move.authority = person.authority
        and move.person_key = person.person_key
left join {{ ref('dim_area') }} as area
    on
        move.authority = area.authority
        and move.district = area.area_code
