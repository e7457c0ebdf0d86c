with first_enquiries as (
    select
        authority,
        person_key,
        min(contact_date) as contact_date
    from {{ ref('fct_housing_contact') }}
    where contact_type = 'host_enquiry'
    group by authority, person_key
),

promises as (
    select
        milestone.authority,
        milestone.person_key,
        milestone.placement_record_id as record_id,
        milestone.placement_district as district,
        milestone.day as trigger_date,
        {{ add_months('milestone.day', 3) }} as due_date,
        first_enquiries.contact_date as met_date
    from {{ ref('fct_care_milestone') }} as milestone
    left join first_enquiries
        on
            milestone.authority = first_enquiries.authority
            and milestone.person_key = first_enquiries.person_key
    where
        milestone.age = 16
        and milestone.placement_area = 'outside_county'
),

{{ obligation('host_authority_approached', 'promises', area='given') }}
