with people as (
    select distinct
        authority,
        person_key
    from {{ ref('stg_identity__person_alias') }}
),

persons_rows as (
    select
        alias.authority,
        alias.person_key,
        person.sex,
        person.ethnicity,
        person.date_of_birth,
        person.death_date,
        row_number() over (
            partition by alias.authority, alias.person_key
            order by person.data_date desc, person.received_at desc, person.person_id asc
        ) as place
    from {{ ref('stg_case_system__ssd_person') }} as person
    inner join {{ ref('stg_identity__person_alias') }} as alias
        on
            person.authority = alias.authority
            and person.person_id = alias.person_id
),

-- Of each fact the first row that states it, whichever of the person's ids it stands under.
first_places as (
    select
        authority,
        person_key,
        min(case when sex is not null then place end) as sex_place,
        min(case when ethnicity is not null then place end) as ethnicity_place,
        min(case when date_of_birth is not null then place end) as date_of_birth_place,
        min(case when death_date is not null then place end) as death_date_place
    from persons_rows
    group by authority, person_key
),

stated as (
    select
        persons_rows.authority,
        persons_rows.person_key,
        max(case when persons_rows.place = first_places.sex_place then persons_rows.sex end) as sex,
        max(case when persons_rows.place = first_places.ethnicity_place then persons_rows.ethnicity end) as ethnicity,
        max(
            case when persons_rows.place = first_places.date_of_birth_place then persons_rows.date_of_birth end
        ) as date_of_birth,
        max(case when persons_rows.place = first_places.death_date_place then persons_rows.death_date end) as death_date
    from persons_rows
    inner join first_places
        on
            persons_rows.authority = first_places.authority
            and persons_rows.person_key = first_places.person_key
    group by persons_rows.authority, persons_rows.person_key
),

arrivals as (
    select
        alias.authority,
        alias.person_key,
        max(case when immigration_status.former_uasc = 'yes' then 1 else 0 end) as has_yes,
        max(case when immigration_status.former_uasc is not null then 1 else 0 end) as has_mapped
    from {{ ref('stg_case_system__ssd_immigration_status') }} as immigration
    inner join {{ ref('stg_identity__person_alias') }} as alias
        on
            immigration.authority = alias.authority
            and immigration.person_id = alias.person_id
    left join {{ ref('immigration_status') }} as immigration_status
        on immigration.immigration_status = immigration_status.code
    group by alias.authority, alias.person_key
),

-- A case system holds immigration rows only of those who have such a status, so none is an answer, if it sends any.
senders_of_status as (
    select distinct authority
    from {{ ref('stg_case_system__ssd_immigration_status') }}
)

select
    people.authority,
    people.person_key,
    stated.date_of_birth,
    stated.death_date,
    coalesce(stated.sex, 'u') as sex,
    coalesce(ethnicity.ethnic_group, 'not_known') as ethnic_group,
    case
        when arrivals.has_yes = 1 then 'yes'
        when arrivals.has_mapped = 1 then 'no'
        when arrivals.person_key is null and senders_of_status.authority is not null then 'no'
        else 'not_known'
    end as former_uasc,
    'not_known' as disability
from people
left join stated
    on
        people.authority = stated.authority
        and people.person_key = stated.person_key
left join {{ ref('ethnicity') }} as ethnicity
    on stated.ethnicity = ethnicity.code
left join arrivals
    on
        people.authority = arrivals.authority
        and people.person_key = arrivals.person_key
left join senders_of_status
    on people.authority = senders_of_status.authority
