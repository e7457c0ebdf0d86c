-- Nights before monitoring are cut off; the stay they belong to still gives the breakdowns.
with runs as (
    select
        night.authority,
        night.person_key,
        night.record_id,
        night.district,
        greatest(night.start_date, authority.monitoring_from) as start_date,
        night.end_date,
        stay.entry_date as valued_on,
        stay.tier,
        stay.agreement,
        case when stay.ordinal >= 3 then '3_or_more' else cast(stay.ordinal as string) end as ordinal
    from {{ ref('fct_temporary_accommodation_night') }} as night
    inner join {{ ref('fct_temporary_accommodation_stay') }} as stay
        on
            night.authority = stay.authority
            and night.person_key = stay.person_key
            and night.stay_start_date = stay.stay_start_date
    inner join {{ ref('authority') }} as authority
        on night.authority = authority.authority
),

events as (
    select
        authority,
        person_key,
        record_id,
        district,
        start_date,
        end_date,
        {{ days_between('start_date', 'end_date') }} as quantity,
        valued_on,
        agreement,
        tier,
        ordinal
    from runs
    where start_date < end_date
)

{{ measure_event('bnb_people', 'events', own=['agreement', 'tier', 'ordinal']) }}
