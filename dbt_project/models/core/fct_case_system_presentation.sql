-- Starts of no fixed abode for which no district holds an application.
with answered as (
    select
        homes.authority,
        homes.record_id,
        homes.start_date
    from {{ ref('fct_home') }} as homes
    inner join {{ ref('fct_homelessness_case') }} as cases
        on
            homes.person_key = cases.person_key
            and cases.application_on >= {{ add_days('homes.start_date', -1 * var('presentation_days_before')) }}
            and cases.application_on <= {{ add_days('homes.start_date', var('presentation_days_after')) }}
    where homes.kind_of_home = 'no_fixed_abode'
    group by homes.authority, homes.record_id, homes.start_date
),

starts as (
    select
        homes.authority,
        homes.person_key,
        homes.record_id,
        homes.district,
        homes.start_date,
        homes.start_date as spaced_on,
        row_number() over (
            order by
                homes.authority,
                homes.person_key,
                homes.start_date,
                case when homes.source = 'snapshot' then 1 else 0 end,
                homes.record_id
        ) as spacing_number
    from {{ ref('fct_home') }} as homes
    left join answered
        on
            homes.authority = answered.authority
            and homes.record_id = answered.record_id
            and homes.start_date = answered.start_date
    where
        homes.kind_of_home = 'no_fixed_abode'
        and homes.start_recorded
        and answered.record_id is null
),

{{ kept_when_spaced('starts', ['authority', 'person_key'], var('presentation_days_after')) }}

select
    starts.authority,
    starts.person_key,
    starts.record_id,
    starts.district,
    starts.start_date,
    kept.spacing_number is not null as is_counted
from starts
left join kept_when_spaced as kept
    on starts.spacing_number = kept.spacing_number
