with first_meetings as (
    select
        authority,
        person_key,
        min(contact_date) as contact_date
    from {{ ref('fct_housing_contact') }}
    where contact_type = 'options_meeting'
    group by authority, person_key
),

-- Placed outside the county on the 17th birthday, the meeting is due then; else half a year later.
young_people as (
    select
        milestone.authority,
        milestone.person_key,
        case
            when milestone.placement_area = 'outside_county' then milestone.day
            else {{ add_months('milestone.day', 6) }}
        end as due_date
    from {{ ref('fct_care_milestone') }} as milestone
    where milestone.age = 17
),

promises as (
    select
        young_people.authority,
        young_people.person_key,
        {{ record_id('person', ['young_people.authority', 'young_people.person_key']) }} as record_id,
        cast(null as string) as district,
        young_people.due_date as trigger_date,
        young_people.due_date,
        first_meetings.contact_date as met_date
    from young_people
    left join first_meetings
        on
            young_people.authority = first_meetings.authority
            and young_people.person_key = first_meetings.person_key
),

{{ obligation('housing_options_meeting', 'promises') }}
