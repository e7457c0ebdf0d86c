with assessments as (
    select
        authority,
        person_key,
        record_id,
        district_gss as district,
        contact_date as spaced_on,
        0 as source_rank
    from {{ ref('fct_housing_contact') }}
    where contact_type = 'kent_agency_assessment'
    union all
    select
        authority,
        person_key,
        record_id,
        district,
        kent_agency_assessment_on as spaced_on,
        1 as source_rank
    from {{ ref('fct_application') }}
    where kent_agency_assessment_on is not null
),

numbered_assessments as (
    select
        authority,
        person_key,
        record_id,
        district,
        spaced_on,
        row_number() over (
            order by authority, person_key, spaced_on, source_rank, record_id
        ) as spacing_number
    from assessments
),

{{ kept_when_spaced('numbered_assessments', ['authority', 'person_key'], 28) }},

events as (
    select
        assessment.authority,
        assessment.person_key,
        assessment.record_id,
        assessment.district,
        assessment.spaced_on as start_date,
        cast(null as date) as end_date,
        1 as quantity,
        assessment.spaced_on as valued_on
    from numbered_assessments as assessment
    inner join kept_when_spaced as kept
        on assessment.spacing_number = kept.spacing_number
)

{{ measure_event('agency_assessments', 'events', scope='protocol') }}
