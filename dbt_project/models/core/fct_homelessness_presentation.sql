with cases_in_order as (
    select
        record_id,
        person_key,
        district,
        case_ref,
        application_on,
        closed_on,
        reopened_from,
        category,
        load_id,
        row_number,
        max(
            greatest(coalesce(closed_on, {{ end_of_time() }}), {{ add_days('application_on', 1) }})
        ) over (
            partition by person_key
            order by application_on, record_id
            rows between unbounded preceding and 1 preceding
        ) as covered_until
    from {{ ref('fct_homelessness_case') }}
),

presentations as (
    select
        cases.record_id,
        cases.person_key,
        cases.district,
        cases.application_on,
        cases.category
    from cases_in_order as cases
    left join cases_in_order as reopened
        on
            cases.district = reopened.district
            and cases.person_key = reopened.person_key
            and cases.reopened_from = reopened.case_ref
            and cases.case_ref <> reopened.case_ref
    where
        reopened.case_ref is null
        and cases.application_on >= coalesce(cases.covered_until, cases.application_on)
),

no_fixed_abode as (
    select
        presentations.record_id,
        homes.authority
    from presentations
    inner join {{ ref('fct_home') }} as homes
        on
            presentations.person_key = homes.person_key
            and homes.kind_of_home = 'no_fixed_abode'
            and homes.start_recorded
            and presentations.application_on
            >= {{ add_days('homes.start_date', -1 * var('presentation_days_before')) }}
            and presentations.application_on <= {{ add_days('homes.start_date', var('presentation_days_after')) }}
    group by presentations.record_id, homes.authority
)

select
    person.authority,
    presentations.person_key,
    presentations.record_id,
    presentations.district,
    presentations.application_on,
    presentations.category,
    case when no_fixed_abode.record_id is null then 'housing_only' else 'both_systems' end as agreement
from presentations
inner join {{ ref('dim_person') }} as person
    on presentations.person_key = person.person_key
left join no_fixed_abode
    on
        person.authority = no_fixed_abode.authority
        and presentations.record_id = no_fixed_abode.record_id
