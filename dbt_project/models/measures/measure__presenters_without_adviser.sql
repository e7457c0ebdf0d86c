with presentations as (
    select
        presentation.authority,
        presentation.person_key,
        presentation.record_id,
        presentation.district,
        presentation.application_on,
        presentation.category,
        count(adviser.record_id) as advisers
    from {{ ref('fct_homelessness_presentation') }} as presentation
    inner join {{ ref('dim_person') }} as person
        on
            presentation.authority = person.authority
            and presentation.person_key = person.person_key
    left join {{ ref('fct_personal_adviser') }} as adviser
        on
            presentation.authority = adviser.authority
            and presentation.person_key = adviser.person_key
            and adviser.start_date <= presentation.application_on
            and coalesce(adviser.end_date, {{ end_of_time() }}) > presentation.application_on
    where {{ completed_years('person.date_of_birth', 'presentation.application_on') }} between 21 and 24
    group by
        presentation.authority,
        presentation.person_key,
        presentation.record_id,
        presentation.district,
        presentation.application_on,
        presentation.category
),

events as (
    select
        authority,
        person_key,
        record_id,
        district,
        application_on as start_date,
        cast(null as date) as end_date,
        1 as quantity,
        application_on as valued_on,
        category
    from presentations
    where advisers = 0
)

{{ measure_event('presenters_without_adviser', 'events', scope='protocol', own=['category']) }}
