with birthdays as (
    {% for age in [16, 17] %}
        select
            authority,
            person_key,
            {{ age }} as age,
            {{ birthday('date_of_birth', age) }} as day
        from {{ ref('dim_person') }}
        where date_of_birth is not null
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}
),

milestones as (
    select
        authority,
        person_key,
        age,
        day,
        row_number() over (order by authority, person_key, age) as milestone_number
    from birthdays
),

{{ placement_covering('placements', 'milestones', 'milestone_number') }}

select
    milestones.authority,
    milestones.person_key,
    milestones.age,
    milestones.day,
    placements.record_id as placement_record_id,
    placements.district as placement_district,
    case
        when placements.record_id is null then null
        else {{ area_of('placements.district', 'own_district') }}
    end as placement_area
from milestones
left join placements
    on milestones.milestone_number = placements.milestone_number
left join {{ ref('dim_area') }} as own_district
    on
        milestones.authority = own_district.authority
        and own_district.area_type = 'district'
        and placements.district = own_district.area_code
left join {{ ref('area') }} as known_area
    on placements.district = known_area.area_code
