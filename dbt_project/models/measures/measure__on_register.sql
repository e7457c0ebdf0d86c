with {{ applications_on_register() }},

banded as (
    select
        registered.authority,
        registered.person_key,
        registered.day,
        registered.record_id,
        registered.scheme,
        registered.district,
        registered.band,
        registered.bedroom_need,
        own_band.rank,
        care_leaver_band.care_leaver_band,
        promised_band.rank as promised_rank
    from registered
    left join {{ ref('scheme_band') }} as own_band
        on
            registered.scheme = own_band.scheme
            and registered.district = own_band.local_authority_gss
            and registered.band = own_band.band
            and {{ in_force('own_band', 'registered.day') }}
    left join {{ ref('care_leaver_band') }} as care_leaver_band
        on
            registered.scheme = care_leaver_band.scheme
            and registered.district = care_leaver_band.local_authority_gss
            and {{ in_force('care_leaver_band', 'registered.day') }}
    left join {{ ref('scheme_band') }} as promised_band
        on
            registered.scheme = promised_band.scheme
            and registered.district = promised_band.local_authority_gss
            and care_leaver_band.care_leaver_band = promised_band.band
            and {{ in_force('promised_band', 'registered.day') }}
),

events as (
    select
        authority,
        person_key,
        record_id,
        district,
        day as start_date,
        {{ add_days('day', 1) }} as end_date,
        1 as quantity,
        day as valued_on,
        scheme,
        coalesce(band, 'not_known') as band,
        coalesce(cast(rank as string), 'not_known') as rank,
        case
            when care_leaver_band = 'not_published' then 'not_published'
            when care_leaver_band = 'none' then 'no_priority'
            when rank is null or promised_rank is null then 'not_known'
            when rank <= promised_rank then 'yes'
            else 'no'
        end as at_care_leaver_band,
        case
            when bedroom_need is null then 'not_known'
            when bedroom_need >= 4 then '4_or_more'
            else cast(bedroom_need as string)
        end as bedroom_need
    from banded
)

{{ measure_event('on_register', 'events', own=['scheme', 'band', 'rank', 'at_care_leaver_band', 'bedroom_need']) }}
