with latest_versions as (
    select
        record_id,
        band,
        band_on,
        bedroom_need,
        care_leaver_flag,
        names_adviser,
        row_number() over (partition by record_id order by start_date desc) as newest
    from {{ ref('fct_application_version') }}
)

select
    application.authority,
    application.person_key,
    application.record_id,
    application.scheme,
    application.district,
    area.area_name as district_name,
    application.registered_on,
    application.effective_on,
    application.status,
    application.status_on,
    application.closed_on,
    version.band,
    version.band_on,
    version.bedroom_need,
    version.care_leaver_flag,
    version.names_adviser,
    {{ days_between('application.registered_on', 'coalesce(application.closed_on, clock.as_at)') }} as days_on_register,
    {{ completed_years('person.date_of_birth', 'application.registered_on') }} as age_at_registration
from {{ ref('fct_application') }} as application
inner join {{ ref('dim_clock') }} as clock
    on application.authority = clock.authority
left join latest_versions as version
    on
        application.record_id = version.record_id
        and version.newest = 1
inner join {{ ref('dim_person') }} as person
    on
        application.authority = person.authority
        and application.person_key = person.person_key
left join {{ ref('dim_area') }} as area
    on
        application.authority = area.authority
        and application.district = area.area_code
