with requests as (
    select
        authority,
        person_key,
        record_id,
        scheme,
        district,
        coalesce(priority_requested_on, registered_on) as trigger_date,
        better_alternative_on
    from {{ ref('fct_application') }}
),

-- Where a council gives care leavers no band of their own, only its first band will do; where it has not published
-- which it gives, nothing is promised that could be judged.
promised_ranks as (
    select
        requests.authority,
        requests.record_id,
        min(case when promised.care_leaver_band = 'none' then 1 else band.rank end) as promised_rank
    from requests
    inner join {{ ref('care_leaver_band') }} as promised
        on
            requests.scheme = promised.scheme
            and requests.district = promised.local_authority_gss
            and promised.care_leaver_band <> 'not_published'
            and requests.trigger_date >= coalesce(promised.valid_from, {{ beginning_of_time() }})
            and requests.trigger_date <= coalesce(promised.valid_to, {{ end_of_time() }})
    left join {{ ref('scheme_band') }} as band
        on
            promised.scheme = band.scheme
            and promised.local_authority_gss = band.local_authority_gss
            and promised.care_leaver_band = band.band
            and requests.trigger_date >= coalesce(band.valid_from, {{ beginning_of_time() }})
            and requests.trigger_date <= coalesce(band.valid_to, {{ end_of_time() }})
    group by requests.authority, requests.record_id
),

given_bands as (
    select
        requests.authority,
        requests.record_id,
        min(version.band_on) as band_on
    from requests
    inner join promised_ranks
        on
            requests.authority = promised_ranks.authority
            and requests.record_id = promised_ranks.record_id
    inner join {{ ref('fct_application_version') }} as version
        on requests.record_id = version.record_id
    inner join {{ ref('scheme_band') }} as band
        on
            requests.scheme = band.scheme
            and requests.district = band.local_authority_gss
            and version.band = band.band
            and version.band_on >= coalesce(band.valid_from, {{ beginning_of_time() }})
            and version.band_on <= coalesce(band.valid_to, {{ end_of_time() }})
            and promised_ranks.promised_rank >= band.rank
    group by requests.authority, requests.record_id
),

promises as (
    select
        requests.authority,
        requests.person_key,
        requests.record_id,
        requests.district,
        requests.trigger_date,
        {{ add_days('requests.trigger_date', var('top_band_days')) }} as due_date,
        case
            when given_bands.band_on is null then requests.better_alternative_on
            when requests.better_alternative_on is null then given_bands.band_on
            else least(given_bands.band_on, requests.better_alternative_on)
        end as met_date
    from requests
    inner join promised_ranks
        on
            requests.authority = promised_ranks.authority
            and requests.record_id = promised_ranks.record_id
    left join given_bands
        on
            requests.authority = given_bands.authority
            and requests.record_id = given_bands.record_id
    where promised_ranks.promised_rank is not null
),

{{ obligation('top_band', 'promises', area='given') }}
