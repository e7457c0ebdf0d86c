with stays as (
    {% for counted, stays in [
        ('any_temporary_accommodation', 'fct_any_temporary_accommodation_stay'),
        ('bed_and_breakfast', 'fct_temporary_accommodation_stay'),
    ] -%}
        select
            '{{ counted }}' as counted,
            authority,
            person_key,
            record_id,
            district,
            entry_date,
            exit_date,
            nights,
            ordinal,
            tier,
            agreement
        from {{ ref(stays) }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    stay.counted,
    stay.authority,
    stay.person_key,
    stay.record_id,
    stay.district,
    area.area_name as district_name,
    stay.entry_date,
    stay.exit_date,
    cast(stay.nights as bigint) as nights,
    stay.ordinal,
    stay.tier,
    stay.agreement,
    {{ completed_years('person.date_of_birth', 'stay.entry_date') }} as age_at_entry
from stays as stay
inner join {{ ref('dim_person') }} as person
    on
        stay.authority = person.authority
        and stay.person_key = person.person_key
left join {{ ref('dim_area') }} as area
    on
        stay.authority = area.authority
        and stay.district = area.area_code
