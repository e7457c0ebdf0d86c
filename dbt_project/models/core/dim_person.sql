{%- set facts = ['sex', 'ethnicity', 'date_of_birth', 'death_date', 'former_uasc', 'disability'] -%}

with people as (
    select distinct
        authority,
        person_key
    from {{ ref('stg_identity__person_alias') }}
),

stated as (
    select
        authority,
        {% for fact in facts -%}
            max(case when fact = '{{ fact }}' then fact_value end) as {{ fact }},
        {% endfor -%}
        person_key
    from {{ ref('fct_person_statement') }}
    where place = 1
    group by authority, person_key
),

people_with_status as (
    select distinct
        alias.authority,
        alias.person_key
    from {{ ref('stg_case_system__ssd_immigration_status') }} as immigration
    inner join {{ ref('stg_identity__person_alias') }} as alias
        on
            immigration.authority = alias.authority
            and immigration.person_id = alias.person_id
),

-- A case system holds immigration rows only of those who have such a status, so none is an answer, if it sends any.
senders_of_status as (
    select distinct authority
    from {{ ref('stg_case_system__ssd_immigration_status') }}
)

select
    people.authority,
    people.person_key,
    cast(stated.date_of_birth as date) as date_of_birth,
    cast(stated.death_date as date) as death_date,
    coalesce(stated.sex, 'u') as sex,
    coalesce(ethnicity.ethnic_group, 'not_known') as ethnic_group,
    case
        when stated.former_uasc is not null then stated.former_uasc
        when people_with_status.person_key is null and senders_of_status.authority is not null then 'no'
        else 'not_known'
    end as former_uasc,
    coalesce(stated.disability, 'not_known') as disability
from people
left join stated
    on
        people.authority = stated.authority
        and people.person_key = stated.person_key
left join {{ ref('ethnicity') }} as ethnicity
    on stated.ethnicity = ethnicity.code
left join people_with_status
    on
        people.authority = people_with_status.authority
        and people.person_key = people_with_status.person_key
left join senders_of_status
    on people.authority = senders_of_status.authority
