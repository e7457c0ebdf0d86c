with as_at as (
    select
        sender as authority,
        latest_data_date as data_date
    from {{ ref('dim_extract') }}
    where
        family = 'case_system'
        and extract_name = 'care_leavers'
)

select
    person.authority,
    person.person_key,
    as_at.data_date as as_at,
    {{ completed_years('person.date_of_birth', 'as_at.data_date') }} as age,
    person.sex,
    person.ethnic_group,
    person.former_uasc,
    person.disability,
    care_status.eligibility,
    care_status.activity,
    care_status.in_touch,
    scope.person_key is not null as in_scope
from {{ ref('dim_person') }} as person
inner join as_at
    on person.authority = as_at.authority
left join {{ ref('fct_care_status') }} as care_status
    on
        person.authority = care_status.authority
        and person.person_key = care_status.person_key
        and as_at.data_date >= care_status.start_date
        and as_at.data_date < care_status.end_date
left join {{ ref('fct_scope') }} as scope
    on
        person.authority = scope.authority
        and person.person_key = scope.person_key
        and scope.scope = 'protocol'
        and as_at.data_date >= scope.start_date
        and as_at.data_date < scope.end_date
