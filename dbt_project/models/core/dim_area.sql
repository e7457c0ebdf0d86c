with counties as (
    select
        authority,
        gss_code as area_code,
        authority_name as area_name,
        'county' as area_type,
        1 as sort_order
    from {{ ref('authority') }}
),

districts as (
    select
        authority,
        area_code,
        area_name,
        'district' as area_type,
        2 as sort_order
    from {{ ref('area') }}
    where authority is not null
),

elsewhere as (
    select
        authority,
        'outside_county' as area_code,
        'Outside the county' as area_name,
        'outside_county' as area_type,
        3 as sort_order
    from {{ ref('authority') }}
),

unknown as (
    select
        authority,
        'unknown' as area_code,
        'Not known' as area_name,
        'unknown' as area_type,
        4 as sort_order
    from {{ ref('authority') }}
)

select * from counties
union all
select * from districts
union all
select * from elsewhere
union all
select * from unknown
