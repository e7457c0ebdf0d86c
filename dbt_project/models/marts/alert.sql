-- What the law expects nowhere, one by one. Before the day from which a law is in force, and while that is not known,
-- the same record is none.
with policies as (
    select
        policy,
        in_force_from
    from {{ ref('policy_date') }}
    where in_force_from is not null
),

cases as (
    select distinct
        record_id,
        application_on
    from {{ ref('fct_homelessness_case') }}
),

-- The application decides which law a decision falls under; where none is known, the decision does.
decisions as (
    select
        event.authority,
        event.person_key,
        event.area_code,
        event.record_id,
        event.start_date,
        cases.application_on,
        coalesce(cases.application_on, event.start_date) as judged_on
    from {{ ref('measure_event') }} as event
    left join cases
        on event.record_id = cases.record_id
    where
        event.measure_id = 'intentional_decisions'
        and event.eligibility in ('relevant', 'former_relevant')
),

refusals as (
    select
        authority,
        person_key,
        area_code,
        record_id,
        start_date
    from {{ ref('measure_event') }}
    where
        measure_id = 'other_area_registrations'
        and registration = 'refused'
        and eligibility in ('eligible', 'relevant', 'former_relevant')
)

select
    decisions.authority,
    'intentional_after_the_act' as alert,
    decisions.person_key,
    decisions.area_code,
    decisions.start_date as happened_on,
    decisions.application_on,
    policies.policy,
    decisions.record_id
from decisions
inner join policies
    on
        policies.policy = 'intentional_homelessness_ended'
        and decisions.judged_on >= policies.in_force_from
union all
select
    refusals.authority,
    'refused_for_local_connection' as alert,
    refusals.person_key,
    refusals.area_code,
    refusals.start_date as happened_on,
    cast(null as date) as application_on,
    policies.policy,
    refusals.record_id
from refusals
inner join policies
    on
        policies.policy = 'local_connection_lifted'
        and refusals.start_date >= policies.in_force_from
union all
select
    authority,
    case measure_id
        when 'no_priority_need' then 'no_priority_need_at_18_to_20'
        else 'under_18_in_bed_and_breakfast'
    end as alert,
    person_key,
    area_code,
    start_date as happened_on,
    cast(null as date) as application_on,
    cast(null as varchar) as policy,
    record_id
from {{ ref('measure_event') }}
where
    measure_id = 'no_priority_need'
    or (measure_id = 'bnb_stays' and age_band = '16_17')
