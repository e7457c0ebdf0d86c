-- Where no scheme of a council has published the band that it gives to care leavers, nobody can say whether they were
-- given it.
with served as (
    select
        period.authority,
        period.period_kind,
        period.period_label,
        district.area_code,
        max(
            case
                when band.care_leaver_band is null or band.care_leaver_band = 'not_published' then 0
                else 1
            end
        ) as is_published
    from {{ ref('dim_period') }} as period
    inner join {{ ref('dim_area') }} as district
        on
            period.authority = district.authority
            and district.area_type = 'district'
    left join {{ ref('scheme_area') }} as scheme_area
        on
            district.area_code = scheme_area.area_code
            and coalesce(scheme_area.valid_from, period.period_start) < period.period_end
            and coalesce(scheme_area.valid_to, period.period_start) >= period.period_start
    left join {{ ref('care_leaver_band') }} as band
        on
            scheme_area.scheme = band.scheme
            and scheme_area.area_code = band.local_authority_gss
            and coalesce(band.valid_from, period.last_day) <= period.last_day
            and coalesce(band.valid_to, period.last_day) >= period.last_day
    group by period.authority, period.period_kind, period.period_label, district.area_code
)

select
    'top_band' as measure_id,
    authority,
    period_kind,
    period_label,
    area_code
from served
where is_published = 0
