with known_ends as (
    select
        authority,
        person_key,
        end_date
    from {{ ref('fct_care_placement') }}
    where not is_open
    union
    select
        authority,
        person_key,
        ended_on as end_date
    from {{ ref('fct_form_spell') }}
    where
        placed_by = 'county'
        and ended_on is not null
),

presentations as (
    select
        presentation.authority,
        presentation.person_key,
        presentation.record_id,
        presentation.district,
        presentation.application_on,
        presentation.category,
        coalesce(cases.reason_for_loss, '') = 'left_looked_after_placement' as has_reason,
        count(known_ends.end_date) > 0 as is_within
    from {{ ref('fct_homelessness_presentation') }} as presentation
    inner join {{ ref('fct_homelessness_case') }} as cases
        on presentation.record_id = cases.record_id
    left join known_ends
        on
            presentation.authority = known_ends.authority
            and presentation.person_key = known_ends.person_key
            and known_ends.end_date <= presentation.application_on
            and {{ add_months('known_ends.end_date', 6) }} >= presentation.application_on
    group by
        presentation.authority,
        presentation.person_key,
        presentation.record_id,
        presentation.district,
        presentation.application_on,
        presentation.category,
        cases.reason_for_loss
),

events as (
    select
        authority,
        person_key,
        record_id,
        district,
        application_on as start_date,
        cast(null as date) as end_date,
        1 as quantity,
        application_on as valued_on,
        category,
        case
            when has_reason and is_within then 'both'
            when has_reason then 'reason_only'
            else 'within_6_months_only'
        end as care_reason
    from presentations
    where
        has_reason
        or is_within
)

{{ measure_event('homeless_from_care', 'events', scope='protocol', own=['category', 'care_reason']) }}
