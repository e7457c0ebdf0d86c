-- Where a council has not published the band that it gives to care leavers, nobody can say whether they were given it.
with published as (
    select distinct local_authority_gss
    from {{ ref('care_leaver_band') }}
    where
        care_leaver_band <> 'not_published'
        and valid_to is null
)

select
    'top_band' as measure_id,
    district.authority,
    district.area_code
from {{ ref('dim_area') }} as district
left join published
    on district.area_code = published.local_authority_gss
where
    district.area_type = 'district'
    and published.local_authority_gss is null
