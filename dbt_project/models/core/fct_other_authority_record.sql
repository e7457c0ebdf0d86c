-- A county's register applications and homelessness cases of care leavers whom its own case system does not know.
-- An id that only forms write is nobody whom the case system knows.
with own_people as (
    select distinct
        authority,
        person_key
    from {{ ref('fct_person_statement') }}
    where source <> 'person_index'
),

known_people as (
    select distinct person_key
    from own_people
),

applications as (
    select
        scheme.authority,
        {{ record_id('application', ['application.scheme', 'application.application_ref']) }} as record_id,
        'lettings' as register,
        'lettings' as family,
        'applications' as extract_name,
        application.scheme as sender,
        application.application_ref as source_ref,
        application.local_authority_gss as district,
        application.registered_on as start_date,
        application.care_leaver_of_gss,
        application.load_id,
        application.row_number
    from {{ ref('stg_lettings__applications') }} as application
    inner join {{ ref('scheme') }} as scheme
        on application.scheme = scheme.scheme
    where
        application.registered_on <= application.data_date
        and (application.care_leaver_flag or application.care_leaver_of_gss is not null)
),

care_leaver_cases as (
    select distinct
        support.district,
        support.case_ref
    from {{ ref('stg_homelessness__support_needs') }} as support
    inner join {{ ref('support_need') }} as support_need
        on support.support_need = support_need.code
    where support_need.is_care_leaver
),

cases as (
    select
        area.authority,
        {{ record_id('case', ['cases.district', 'cases.case_ref']) }} as record_id,
        'homelessness' as register,
        'homelessness' as family,
        'cases' as extract_name,
        cases.district as sender,
        cases.case_ref as source_ref,
        cases.district,
        cases.application_on as start_date,
        cases.care_leaver_of_gss,
        cases.load_id,
        cases.row_number
    from {{ ref('stg_homelessness__cases') }} as cases
    inner join {{ ref('area') }} as area
        on cases.district = area.area_code
    left join care_leaver_cases
        on
            cases.district = care_leaver_cases.district
            and cases.case_ref = care_leaver_cases.case_ref
    where
        area.authority is not null
        and (cases.care_leaver_of_gss is not null or care_leaver_cases.case_ref is not null)
),

records as (
    select * from applications
    union all
    select * from cases
),

judged as (
    select
        records.authority,
        records.record_id,
        records.register,
        records.district,
        records.start_date,
        records.load_id,
        records.row_number,
        coalesce(records.care_leaver_of_gss <> authority.gss_code, false) as stated_elsewhere,
        known_people.person_key is not null as is_linked,
        own_people.person_key is not null as is_own
    from records
    inner join {{ ref('authority') }} as authority
        on records.authority = authority.authority
    left join {{ ref('stg_identity__person_link') }} as person_link
        on
            records.family = person_link.family
            and records.extract_name = person_link.extract_name
            and records.sender = person_link.sender
            and records.source_ref = person_link.source_ref
    left join known_people
        on person_link.person_key = known_people.person_key
    left join own_people
        on
            records.authority = own_people.authority
            and person_link.person_key = own_people.person_key
)

select
    authority,
    record_id,
    register,
    district,
    start_date,
    case when stated_elsewhere or (is_linked and not is_own) then 'stated' else 'not_known' end as whose,
    load_id,
    row_number
from judged
where
    not is_own
    or stated_elsewhere
