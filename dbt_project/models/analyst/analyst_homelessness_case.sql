select
    person.authority,
    homelessness_case.person_key,
    homelessness_case.record_id,
    homelessness_case.district,
    area.area_name as district_name,
    homelessness_case.application_on,
    homelessness_case.closed_on,
    homelessness_case.category,
    presentation.record_id is not null as counted_as_presentation,
    homelessness_case.prevention_start,
    homelessness_case.relief_start,
    homelessness_case.personal_housing_plan_on,
    homelessness_case.main_duty_decision,
    homelessness_case.main_duty_decided_on,
    homelessness_case.reason_for_loss,
    homelessness_case.household_type,
    {{ completed_years('person.date_of_birth', 'homelessness_case.application_on') }} as age_at_application
from {{ ref('fct_homelessness_case') }} as homelessness_case
inner join {{ ref('dim_person') }} as person
    on homelessness_case.person_key = person.person_key
left join {{ ref('fct_homelessness_presentation') }} as presentation
    on
        person.authority = presentation.authority
        and homelessness_case.record_id = presentation.record_id
left join {{ ref('dim_area') }} as area
    on
        person.authority = area.authority
        and homelessness_case.district = area.area_code
