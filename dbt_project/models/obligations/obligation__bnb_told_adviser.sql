with entries as (
    select
        authority,
        person_key,
        record_id,
        source,
        district,
        entry_date
    from {{ ref('fct_temporary_accommodation_placement') }}
    where
        accommodation_type = 'bed_and_breakfast'
        and tier = 'district'
),

district_entries as (
    select distinct
        authority,
        person_key,
        entry_date
    from entries
    where source = 'homelessness'
),

first_tellings as (
    select
        authority,
        person_key,
        entry_date,
        min(adviser_told_on) as adviser_told_on
    from {{ ref('fct_bnb_approval') }}
    group by authority, person_key, entry_date
),

-- What the district records itself is not told again from the county's form.
promises as (
    select
        entries.authority,
        entries.person_key,
        entries.record_id,
        entries.district,
        entries.entry_date as trigger_date,
        entries.entry_date as due_date,
        first_tellings.adviser_told_on as met_date
    from entries
    left join district_entries
        on
            entries.authority = district_entries.authority
            and entries.person_key = district_entries.person_key
            and entries.entry_date = district_entries.entry_date
    left join first_tellings
        on
            entries.authority = first_tellings.authority
            and entries.person_key = first_tellings.person_key
            and entries.entry_date = first_tellings.entry_date
    where
        entries.source = 'homelessness'
        or district_entries.person_key is null
),

{{ obligation('bnb_told_adviser', 'promises', area='given', contact_matters=false) }}
