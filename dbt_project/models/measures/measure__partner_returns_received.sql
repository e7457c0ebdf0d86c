with quarters as (
    select
        authority,
        period_label,
        last_day
    from {{ ref('dim_period') }}
    where period_kind = 'quarter'
),

returned as (
    select distinct
        authority,
        district_gss,
        quarter
    from {{ ref('fct_partner_return') }}
),

districts as (
    select
        quarters.authority,
        {{ record_id('district', ['quarters.authority', 'district.area_code']) }} as record_id,
        district.area_code as district,
        quarters.last_day as start_date,
        {{ add_days('quarters.last_day', 1) }} as end_date,
        1 as quantity,
        returned.district_gss is not null as in_numerator
    from quarters
    inner join {{ ref('dim_area') }} as district
        on
            quarters.authority = district.authority
            and district.area_type = 'district'
    left join returned
        on
            quarters.authority = returned.authority
            and quarters.period_label = returned.quarter
            and district.area_code = returned.district_gss
)

{{ record_event('partner_returns_received', 'districts', share=true) }}
