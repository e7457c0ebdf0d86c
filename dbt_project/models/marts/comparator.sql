-- Whom a council is compared with: itself and its districts as published, the region, England, the other counties of
-- this warehouse, and the neighbours that the seed names.
with compared_areas as (
    select
        authority,
        'own_county' as comparator,
        gss_code as area_gss,
        authority_name as area_name,
        cast(null as integer) as place,
        cast(null as date) as valid_from,
        cast(null as date) as valid_to
    from {{ ref('authority') }}
    union all
    select
        authority,
        'own_district' as comparator,
        area_code as area_gss,
        area_name,
        cast(null as integer) as place,
        cast(null as date) as valid_from,
        cast(null as date) as valid_to
    from {{ ref('dim_area') }}
    where area_type = 'district'
    union all
    select
        authority.authority,
        'region' as comparator,
        authority.region_gss as area_gss,
        region.region_name as area_name,
        cast(null as integer) as place,
        cast(null as date) as valid_from,
        cast(null as date) as valid_to
    from {{ ref('authority') }} as authority
    inner join {{ ref('region') }} as region
        on authority.region_gss = region.region_gss
    union all
    select
        authority,
        'england' as comparator,
        '{{ var("england_gss") }}' as area_gss,
        'England' as area_name,
        cast(null as integer) as place,
        cast(null as date) as valid_from,
        cast(null as date) as valid_to
    from {{ ref('authority') }}
    union all
    select
        authority.authority,
        'other_county' as comparator,
        other.gss_code as area_gss,
        other.authority_name as area_name,
        cast(null as integer) as place,
        cast(null as date) as valid_from,
        cast(null as date) as valid_to
    from {{ ref('authority') }} as authority
    inner join {{ ref('authority') }} as other
        on authority.authority <> other.authority
    union all
    select
        authority,
        'statistical_neighbour' as comparator,
        neighbour_gss as area_gss,
        neighbour_name as area_name,
        place,
        valid_from,
        valid_to
    from {{ ref('statistical_neighbour') }}
)

select
    area.authority,
    area.comparator,
    area.area_gss,
    area.area_name,
    area.place,
    figure.publisher,
    figure.table_name,
    published_category.comparison,
    figure.category,
    published_age.age_group,
    figure.period_label,
    figure.period_end,
    figure.published_on,
    figure.figure,
    figure.figure_status,
    figure.percentage,
    figure.percentage_status
from {{ ref('fct_published_figure') }} as figure
inner join {{ ref('published_category') }} as published_category
    on
        figure.table_name = published_category.table_name
        and figure.category = published_category.category
left join {{ ref('published_age') }} as published_age
    on figure.age_label = published_age.age_label
inner join compared_areas as area
    on
        figure.area_gss = area.area_gss
        and coalesce(area.valid_from, figure.period_end) <= figure.period_end
        and coalesce(area.valid_to, figure.period_end) >= figure.period_end
where
    figure.period_end is not null
    and (figure.age_label is null or published_age.age_group is not null)
