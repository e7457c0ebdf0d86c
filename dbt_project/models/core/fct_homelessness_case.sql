with cases as (
    select
        {{ record_id('case', ['cases.district', 'cases.case_ref']) }} as record_id,
        person_link.person_key,
        cases.district,
        cases.case_ref,
        cases.application_on,
        cases.reopened_from,
        coalesce(initial_assessment.category, 'not_assessed') as category,
        case
            when cases.initial_assessment is null then true
            when cases.prevention_start is not null and cases.prevention_end is null then true
            when cases.relief_start is not null and cases.relief_end is null then true
            when main_duty_decision.is_acceptance and cases.main_duty_end is null then true
            else false
        end as is_pending,
        greatest(
            coalesce(cases.prevention_end, {{ beginning_of_time() }}),
            coalesce(cases.relief_end, {{ beginning_of_time() }}),
            coalesce(cases.main_duty_end, {{ beginning_of_time() }}),
            coalesce(
                case when not main_duty_decision.is_acceptance then cases.main_duty_decided_on end,
                {{ beginning_of_time() }}
            ),
            coalesce(
                case when initial_assessment.category = 'no_duty' then cases.assessed_on end,
                {{ beginning_of_time() }}
            )
        ) as last_closing_date,
        case when cases.prevention_start <= cases.data_date then cases.prevention_start end as prevention_start,
        case when cases.relief_start <= cases.data_date then cases.relief_start end as relief_start,
        cases.personal_housing_plan_on,
        cases.reason_for_loss,
        cases.household_type,
        cases.main_duty_decision,
        case
            when cases.main_duty_decided_on <= cases.data_date then cases.main_duty_decided_on
        end as main_duty_decided_on,
        cases.load_id,
        cases.row_number
    from {{ ref('stg_homelessness__cases') }} as cases
    inner join {{ ref('stg_identity__person_link') }} as person_link
        on
            person_link.family = 'homelessness'
            and person_link.extract_name = 'cases'
            and cases.district = person_link.sender
            and cases.case_ref = person_link.source_ref
    left join {{ ref('initial_assessment') }} as initial_assessment
        on cases.initial_assessment = initial_assessment.code
    left join {{ ref('main_duty_decision') }} as main_duty_decision
        on cases.main_duty_decision = main_duty_decision.code
)

select
    record_id,
    person_key,
    district,
    case_ref,
    application_on,
    case
        when is_pending or last_closing_date = {{ beginning_of_time() }} then null
        else last_closing_date
    end as closed_on,
    reopened_from,
    category,
    prevention_start,
    relief_start,
    personal_housing_plan_on,
    reason_for_loss,
    household_type,
    main_duty_decision,
    main_duty_decided_on,
    load_id,
    row_number
from cases
