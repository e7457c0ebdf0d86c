-- What the register last said of each application, once for every authority that knows the person.
select
    person.authority,
    person.person_key,
    {{ record_id('application', ['application.scheme', 'application.application_ref']) }} as record_id,
    application.scheme,
    application.application_ref,
    application.local_authority_gss as district,
    application.registered_on,
    application.effective_on,
    application.status,
    application.status_on,
    case
        when application.status in ('housed', 'removed', 'rejected')
            then coalesce(application.status_on, application.data_date)
        else application.vanished_on
    end as closed_on,
    application.vanished_on,
    application.priority_requested_on,
    application.better_alternative_on,
    application.local_connection_refused_on,
    application.kent_agency_assessment_on,
    application.load_id,
    application.row_number
from {{ ref('stg_lettings__applications') }} as application
inner join {{ ref('stg_identity__person_link') }} as person_link
    on
        person_link.family = 'lettings'
        and person_link.extract_name = 'applications'
        and application.scheme = person_link.sender
        and application.application_ref = person_link.source_ref
inner join {{ ref('dim_person') }} as person
    on person_link.person_key = person.person_key
where application.registered_on <= application.data_date
