with days as (
    select
        authority,
        last_day as day
    from {{ ref('dim_period') }}
    where period_kind = 'quarter'
),

covered as (
    select distinct
        days.authority,
        days.day,
        cover.district_gss
    from days
    inner join {{ ref('fct_spoc_cover') }} as cover
        on
            days.authority = cover.authority
            and days.day >= cover.from_date
            and days.day < coalesce(cover.to_date, {{ end_of_time() }})
),

districts as (
    select
        days.authority,
        {{ record_id('district', ['days.authority', 'district.area_code']) }} as record_id,
        district.area_code as district,
        days.day as start_date,
        {{ add_days('days.day', 1) }} as end_date,
        1 as quantity,
        covered.district_gss is not null as in_numerator
    from days
    inner join {{ ref('dim_area') }} as district
        on
            days.authority = district.authority
            and district.area_type = 'district'
    left join covered
        on
            days.authority = covered.authority
            and days.day = covered.day
            and district.area_code = covered.district_gss
)

{{ record_event('protocol_coverage', 'districts', share=true) }}
