-- Where and from when a young person who is looked after from 16 should be on the register and before a panel.
with periods as (
    select
        care.authority,
        care.person_key,
        care.record_id,
        care.start_date,
        care.end_date,
        {{ birthday('person.date_of_birth', 16) }} as sixteenth_birthday,
        {{ birthday('person.date_of_birth', 18) }} as eighteenth_birthday,
        greatest({{ birthday('person.date_of_birth', 16) }}, care.start_date) as day,
        own_district.area_code as home_district
    from {{ ref('fct_period_of_care') }} as care
    inner join {{ ref('dim_person') }} as person
        on
            care.authority = person.authority
            and care.person_key = person.person_key
    left join {{ ref('dim_area') }} as own_district
        on
            care.authority = own_district.authority
            and own_district.area_type = 'district'
            and care.home_district = own_district.area_code
    where person.date_of_birth is not null
),

reached as (
    select
        authority,
        person_key,
        record_id,
        start_date,
        end_date,
        sixteenth_birthday,
        day,
        home_district,
        row_number() over (order by authority, record_id) as reached_number
    from periods
    where
        coalesce(end_date, {{ end_of_time() }}) > day
        and eighteenth_birthday > day
),

{{ placement_covering('placements', 'reached', 'reached_number') }}

select
    reached.authority,
    reached.person_key,
    reached.record_id,
    reached.start_date,
    reached.end_date,
    reached.sixteenth_birthday,
    reached.day as trigger_date,
    reached.home_district,
    coalesce(reached.home_district, placements.district) as connection_district
from reached
left join placements
    on reached.reached_number = placements.reached_number
