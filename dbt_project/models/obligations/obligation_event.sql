-- A promise as a measure of the same id: the share kept in time, valued on its due date as far as anything is known.
select
    promise.obligation_id as measure_id,
    promise.authority,
    promise.person_key,
    promise.area_code,
    promise.due_date as start_date,
    cast(null as date) as end_date,
    promise.quantity,
    case promise.status
        when 'in_time' then true
        when 'late' then false
        when 'overdue' then false
    end as in_numerator,
    promise.record_id,
    case
        when promise.person_key is null then null
        when {{ completed_years('person.date_of_birth', 'promise.due_date') }} < 18 then '16_17'
        when {{ completed_years('person.date_of_birth', 'promise.due_date') }} < 21 then '18_20'
        else '21_24'
    end as age_band,
    case
        when promise.person_key is null then null
        when care_status.eligibility is null or care_status.eligibility = 'none' then 'not_known'
        else care_status.eligibility
    end as eligibility,
    person.former_uasc,
    person.sex,
    person.ethnic_group,
    person.disability,
    case
        when promise.person_key is null then null
        when promise.area_code = 'outside_county' then 'outside_county'
        when promise.area_code = 'unknown' then 'not_known'
        else 'in_county'
    end as home_area,
    {{ own_columns([], stated_as={'obligation_status': 'promise.status'}) }}
from {{ ref('obligation_promise') }} as promise
inner join {{ ref('dim_clock') }} as clock
    on promise.authority = clock.authority
left join {{ ref('dim_person') }} as person
    on
        promise.authority = person.authority
        and promise.person_key = person.person_key
left join {{ ref('fct_care_status') }} as care_status
    on
        promise.authority = care_status.authority
        and promise.person_key = care_status.person_key
        and least(promise.due_date, clock.as_at) >= care_status.start_date
        and least(promise.due_date, clock.as_at) < care_status.end_date
