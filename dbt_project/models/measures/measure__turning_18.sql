-- Valued on the data date, the last day of which anything is known; counted in the quarter of the birthday.
with birthdays as (
    select
        person.authority,
        person.person_key,
        clock.as_at,
        {{ birthday('person.date_of_birth', 18) }} as birthday
    from {{ ref('dim_person') }} as person
    inner join {{ ref('dim_clock') }} as clock
        on person.authority = clock.authority
    where person.date_of_birth is not null
),

listed as (
    select
        authority,
        max(period_end) as end_date
    from {{ ref('dim_period') }}
    where period_kind = 'forecast'
    group by authority
),

ranked_readiness as (
    select
        authority,
        person_key,
        planned_destination,
        preferred_district_gss,
        row_number() over (
            partition by authority, person_key
            order by recorded_on desc, record_id asc
        ) as place
    from {{ ref('fct_readiness') }}
),

ranked_panels as (
    select
        authority,
        person_key,
        planned_destination,
        row_number() over (
            partition by authority, person_key
            order by panel_date desc, record_id asc
        ) as place
    from {{ ref('fct_panel') }}
),

young_people as (
    select
        birthdays.authority,
        birthdays.person_key,
        {{ record_id('person', ['birthdays.authority', 'birthdays.person_key']) }} as record_id,
        coalesce(readiness.preferred_district_gss, home.district) as district,
        birthdays.birthday as start_date,
        cast(null as date) as end_date,
        1 as quantity,
        birthdays.as_at as valued_on,
        coalesce(
            readiness.planned_destination,
            panels.planned_destination,
            'not_known'
        ) as planned_destination
    from birthdays
    inner join listed
        on
            birthdays.authority = listed.authority
            and birthdays.birthday < listed.end_date
            and birthdays.birthday > birthdays.as_at
    left join ranked_readiness as readiness
        on
            birthdays.authority = readiness.authority
            and birthdays.person_key = readiness.person_key
            and readiness.place = 1
    left join ranked_panels as panels
        on
            birthdays.authority = panels.authority
            and birthdays.person_key = panels.person_key
            and panels.place = 1
    {{ join_home('birthdays', 'birthdays.as_at') }}
)

{{ measure_event('turning_18', 'young_people', scope='protocol_or_due_to_leave', own=['planned_destination']) }}
