with registered as (
    select distinct
        application.authority,
        application.person_key
    from {{ ref('fct_application') }} as application
    inner join {{ ref('dim_clock') }} as clock
        on application.authority = clock.authority
    where
        application.registered_on <= clock.as_at
        and (application.closed_on is null or application.closed_on > clock.as_at)
),

homeless as (
    select distinct homelessness_case.person_key
    from {{ ref('fct_homelessness_case') }} as homelessness_case
    where homelessness_case.closed_on is null
),

promises as (
    select
        authority,
        person_key,
        count(case when status = 'overdue' then 1 end) as promises_overdue,
        count(case when status = 'not_yet_due' then 1 end) as promises_due_in_90_days
    from {{ ref('obligation_due') }}
    where person_key is not null
    group by authority, person_key
)

select
    person.authority,
    person.person_key,
    clock.as_at,
    {{ completed_years('person.date_of_birth', 'clock.as_at') }} as age,
    person.sex,
    person.ethnic_group,
    person.former_uasc,
    person.disability,
    care_status.eligibility,
    care_status.activity,
    care_status.in_touch,
    {{ days_between('snapshot.latest_contact', 'clock.as_at') }} as days_since_contact,
    adviser.adviser_id as adviser,
    scope.person_key is not null as in_scope,
    coalesce(home.kind_of_home, 'not_known') as kind_of_home,
    home.home_start_date,
    home.district,
    area.area_name as district_name,
    registered.person_key is not null as registered,
    homeless.person_key is not null as open_homelessness_case,
    coalesce(promises.promises_overdue, 0) as promises_overdue,
    coalesce(promises.promises_due_in_90_days, 0) as promises_due_in_90_days
from {{ ref('dim_person') }} as person
inner join {{ ref('dim_clock') }} as clock
    on person.authority = clock.authority
left join {{ ref('fct_care_status') }} as care_status
    on
        person.authority = care_status.authority
        and person.person_key = care_status.person_key
        and clock.as_at >= care_status.start_date
        and clock.as_at < care_status.end_date
left join {{ ref('fct_care_snapshot') }} as snapshot
    on
        person.authority = snapshot.authority
        and person.person_key = snapshot.person_key
        and clock.as_at = snapshot.data_date
left join {{ ref('dim_adviser') }} as adviser
    on
        snapshot.authority = adviser.authority
        and snapshot.personal_adviser = adviser.personal_adviser
left join {{ ref('fct_scope') }} as scope
    on
        person.authority = scope.authority
        and person.person_key = scope.person_key
        and scope.scope = 'protocol'
        and clock.as_at >= scope.start_date
        and clock.as_at < scope.end_date
{{ join_home('person', 'clock.as_at') }}
left join {{ ref('dim_area') }} as area
    on
        person.authority = area.authority
        and home.district = area.area_code
left join registered
    on
        person.authority = registered.authority
        and person.person_key = registered.person_key
left join homeless on person.person_key = homeless.person_key
left join promises
    on
        person.authority = promises.authority
        and person.person_key = promises.person_key
