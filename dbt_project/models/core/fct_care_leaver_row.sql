{%- set stated = [
    'eligibility', 'in_touch', 'latest_contact', 'accommodation_code', 'tenure', 'suitability', 'activity',
    'pathway_plan_review_on', 'personal_adviser'
] -%}

with full_rows as (
    {% for source, extract in [('ssd', 'ssd_care_leavers'), ('annex_a', 'annex_a_list_9')] -%}
        select
            care_leavers.authority,
            alias.person_key,
            '{{ source }}' as source,
            care_leavers.data_date as file_date,
            care_leavers.data_date,
            {% for fact in stated -%}
                care_leavers.{{ fact }},
            {% endfor -%}
            care_leavers.load_id,
            care_leavers.row_number
        from {{ ref('stg_case_system__' ~ extract) }} as care_leavers
        inner join {{ ref('stg_identity__person_alias') }} as alias
            on
                care_leavers.authority = alias.authority
                and care_leavers.person_id = alias.person_id
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- Days on which List 8 may speak for whom List 9 leaves out: there is a List 9, and the SSD says nothing.
list_9_dates as (
    select
        sender as authority,
        data_date
    from {{ ref('stg_landing__load') }}
    where
        family = 'case_system'
        and extract_name in ('annex_a_list_9', 'ssd_care_leavers')
    group by sender, data_date
    having max(extract_name) = 'annex_a_list_9'
),

children as (
    select
        child.authority,
        alias.person_key,
        child.date_of_birth,
        child.care_started_on,
        child.care_ceased_on,
        child.data_date,
        child.load_id,
        child.row_number
    from {{ ref('stg_case_system__annex_a_list_8') }} as child
    inner join {{ ref('stg_identity__person_alias') }} as alias
        on
            child.authority = alias.authority
            and child.person_id = alias.person_id
    inner join list_9_dates
        on
            child.authority = list_9_dates.authority
            and child.data_date = list_9_dates.data_date
),

in_list_9 as (
    select distinct
        authority,
        person_key,
        data_date
    from full_rows
    where source = 'annex_a'
),

eligible_children as (
    select
        children.authority,
        children.person_key,
        'annex_a' as source,
        children.data_date as file_date,
        children.data_date,
        'eligible' as eligibility,
        cast(null as string) as in_touch,
        cast(null as date) as latest_contact,
        cast(null as string) as accommodation_code,
        cast(null as string) as tenure,
        cast(null as string) as suitability,
        cast(null as string) as activity,
        cast(null as date) as pathway_plan_review_on,
        cast(null as string) as personal_adviser,
        children.load_id,
        children.row_number
    from children
    left join in_list_9
        on
            children.authority = in_list_9.authority
            and children.person_key = in_list_9.person_key
            and children.data_date = in_list_9.data_date
    where
        in_list_9.person_key is null
        and children.care_ceased_on is null
        and {{ add_days('children.care_started_on', var('weeks_to_eligible') ~ ' * 7') }} <= children.data_date
        and {{ completed_years('children.date_of_birth', 'children.data_date') }} in (16, 17)
),

-- OC3 tells the state on a birthday: the last one on or before the day that the file describes.
birthdays as (
    select
        oc3.authority,
        alias.person_key,
        oc3.data_date as file_date,
        case
            when coalesce(oc3.in_touch, oc3.activity, oc3.oc3_accommodation) is null then null
            else {{ birthday('oc3.date_of_birth', completed_years('oc3.date_of_birth', 'oc3.data_date')) }}
        end as data_date,
        {{ completed_years('oc3.date_of_birth', 'oc3.data_date') }} as age,
        oc3.in_touch,
        oc3.activity,
        accommodation.accommodation as accommodation_code,
        accommodation.suitability,
        oc3.load_id,
        oc3.row_number
    from {{ ref('stg_case_system__ssda903_oc3') }} as oc3
    inner join {{ ref('stg_identity__person_alias') }} as alias
        on
            oc3.authority = alias.authority
            and oc3.person_id = alias.person_id
    left join {{ ref('oc3_accommodation') }} as accommodation
        on oc3.oc3_accommodation = accommodation.code
),

united as (
    select * from full_rows
    union all
    select * from eligible_children
    union all
    select
        authority,
        person_key,
        'ssda903' as source,
        file_date,
        data_date,
        case
            when in_touch = 'DIED' then 'none'
            when age = 17 then 'relevant'
            when age >= 18 then 'former_relevant'
        end as eligibility,
        in_touch,
        cast(null as date) as latest_contact,
        accommodation_code,
        cast(null as string) as tenure,
        suitability,
        activity,
        cast(null as date) as pathway_plan_review_on,
        cast(null as string) as personal_adviser,
        load_id,
        row_number
    from birthdays
),

ranked_rows as (
    select
        authority,
        person_key,
        source,
        file_date,
        data_date,
        {% for fact in stated -%}
            {{ fact }},
        {% endfor -%}
        load_id,
        row_number,
        row_number() over (
            partition by authority, person_key, source, data_date
            order by
                file_date desc,
                case when eligibility <> 'none' then 0 else 1 end,
                latest_contact desc nulls last,
                case eligibility
                    when 'former_relevant' then 1
                    when 'relevant' then 2
                    when 'eligible' then 3
                    when 'qualifying' then 4
                    else 5
                end,
                activity asc nulls last,
                in_touch asc nulls last,
                accommodation_code asc nulls last,
                suitability asc nulls last,
                tenure asc nulls last,
                row_number asc
        ) as place
    from united
)

select
    authority,
    person_key,
    source,
    file_date,
    data_date,
    place = 1 and data_date is not null as is_chosen,
    eligibility,
    in_touch,
    latest_contact,
    accommodation_code,
    tenure,
    suitability,
    activity,
    pathway_plan_review_on,
    personal_adviser,
    load_id,
    row_number
from ranked_rows
