select
    presentation.authority,
    presentation.person_key,
    presentation.record_id,
    presentation.district,
    presentation.application_on,
    presentation.category,
    presentation.agreement,
    {{ completed_years('person.date_of_birth', 'presentation.application_on') }} as age_at_application
from {{ ref('fct_homelessness_presentation') }} as presentation
inner join {{ ref('dim_person') }} as person
    on
        presentation.authority = person.authority
        and presentation.person_key = person.person_key
