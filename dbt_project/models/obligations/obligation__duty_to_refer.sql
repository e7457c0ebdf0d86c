with stated as (
    select
        authority,
        person_key,
        record_id,
        district_gss as district,
        known_on as day,
        referred_on as met_date
    from {{ ref('fct_duty_to_refer') }}
),

answered_homes as (
    select distinct
        homes.authority,
        homes.person_key,
        homes.chain_number
    from {{ ref('fct_home') }} as homes
    inner join stated
        on
            homes.authority = stated.authority
            and homes.person_key = stated.person_key
            and stated.day >= {{ add_days('homes.start_date', -1 * var('presentation_days_before')) }}
            and stated.day <= {{ add_days('homes.start_date', var('presentation_days_after')) }}
    where homes.kind_of_home = 'no_fixed_abode'
),

-- Nobody wrote down that a person without a home was known of: the home itself says it.
unstated as (
    select
        homes.authority,
        homes.person_key,
        homes.record_id,
        coalesce(homes.district, 'unknown') as district,
        homes.start_date as day,
        cast(null as date) as met_date
    from {{ ref('fct_home') }} as homes
    left join answered_homes
        on
            homes.authority = answered_homes.authority
            and homes.person_key = answered_homes.person_key
            and homes.chain_number = answered_homes.chain_number
    where
        homes.kind_of_home = 'no_fixed_abode'
        and homes.start_recorded
        and answered_homes.person_key is null
),

known as (
    select * from stated
    union all
    select * from unstated
),

numbered_known as (
    select
        authority,
        person_key,
        record_id,
        district,
        day,
        met_date,
        row_number() over (order by authority, record_id, day) as known_number
    from known
),

referrals_due as (
    {{ working_days_after('numbered_known', 'known_number', 'day', 1) }}
),

promises as (
    select
        known.authority,
        known.person_key,
        known.record_id,
        known.district,
        known.day as trigger_date,
        referrals_due.due_date,
        known.met_date
    from numbered_known as known
    inner join referrals_due
        on known.known_number = referrals_due.known_number
),

{{ obligation('duty_to_refer', 'promises', area='given_or_home', contact_matters=false) }}
