{#
    The applications on the register on the last day of each quarter, of people in scope, as CTEs that end with
    `registered` (decision 8, reading 69): on the register are those live, under offer or suspended, and those whose
    last status is younger than the day.
#}
{% macro applications_on_register() -%}
    cohort as (
        {{ people_in_scope() }}
    ),

    registered as (
        select
            cohort.authority,
            cohort.person_key,
            cohort.day,
            application.record_id,
            application.scheme,
            application.district,
            version.band,
            version.bedroom_need,
            coalesce(version.care_leaver_flag, false) as care_leaver_flag,
            coalesce(version.names_adviser, false) as names_adviser
        from cohort
        inner join {{ ref('fct_application') }} as application
            on
                cohort.authority = application.authority
                and cohort.person_key = application.person_key
                and application.registered_on <= cohort.day
                and coalesce(application.vanished_on, {{ end_of_time() }}) > cohort.day
                and (
                    application.status in ('live', 'under_offer', 'suspended')
                    or application.status_on > cohort.day
                )
        left join {{ ref('fct_application_version') }} as version
            on
                application.record_id = version.record_id
                and cohort.day >= version.start_date
                and cohort.day < version.end_date
    )
{%- endmacro %}
