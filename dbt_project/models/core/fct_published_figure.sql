-- DfE names the year that ends on 31 March, MHCLG the last day itself. Cases of letters differ between releases.
with year_ends as (
    select
        cast(extract(year from month_start) as string) as period_label,
        {{ add_days('month_start', -1) }} as period_end
    from ({{ calendar_months(var('calendar_first_month'), var('calendar_last_month')) }}) as months
    where extract(month from month_start) = 4
),

care_leavers as (
    {%- for table_name in ['care_leavers_accommodation', 'care_leavers_in_touch', 'care_leavers_suitability'] %}
        select
            publisher,
            '{{ table_name }}' as table_name,
            published_on,
            period_label,
            area_gss,
            age_label,
            published_group,
            category,
            figure,
            figure_status,
            percentage,
            percentage_status
        from {{ ref('stg_published__' ~ table_name) }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    care_leavers.publisher,
    care_leavers.table_name,
    care_leavers.published_on,
    care_leavers.period_label,
    year_ends.period_end,
    care_leavers.area_gss,
    care_leavers.age_label,
    care_leavers.published_group,
    lower(care_leavers.category) as category,
    care_leavers.figure,
    care_leavers.figure_status,
    care_leavers.percentage,
    care_leavers.percentage_status
from care_leavers
left join year_ends
    on care_leavers.period_label = year_ends.period_label
union all
select
    publisher,
    'statutory_homelessness_' || lower(table_id) as table_name,
    published_on,
    period_label,
    period_end,
    area_gss,
    cast(null as string) as age_label,
    cast(null as string) as published_group,
    lower(category) as category,
    figure,
    figure_status,
    cast(null as double) as percentage,
    cast(null as string) as percentage_status
from {{ ref('stg_published__statutory_homelessness') }}
