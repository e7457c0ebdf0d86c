{%- set facts_of = {
    'stg_case_system__ssd_person': ('ssd', 1, ['sex', 'ethnicity', 'date_of_birth', 'death_date']),
    'list_9': ('annex_a', 1, ['sex', 'ethnicity', 'date_of_birth', 'former_uasc', 'disability']),
    'list_8': ('annex_a', 2, ['sex', 'ethnicity', 'date_of_birth', 'former_uasc', 'disability']),
    'stg_case_system__ssda903_header': ('ssda903', 1, ['sex', 'ethnicity', 'date_of_birth']),
    'uasc': ('ssda903', 2, ['sex', 'date_of_birth', 'former_uasc']),
    'oc3': ('ssda903', 3, ['date_of_birth']),
    'stg_protocol_forms__person_index': ('person_index', 1, ['date_of_birth']),
} -%}
{%- set dates = ['date_of_birth', 'death_date'] -%}

-- The current rows of tables of which every snapshot is kept.
with list_9 as (
    select
        authority,
        person_id,
        sex,
        ethnicity,
        date_of_birth,
        former_uasc,
        has_disability as disability,
        data_date,
        received_at,
        load_id,
        row_number
    from (
        select
            *,
            max(data_date) over (partition by authority, person_id) as last_data_date
        from {{ ref('stg_case_system__annex_a_list_9') }}
    ) as snapshots
    where data_date = last_data_date
),

list_8 as (
    select
        authority,
        person_id,
        sex,
        ethnicity,
        date_of_birth,
        case when uasc_in_last_12_months = 'yes' then 'yes' end as former_uasc,
        has_disability as disability,
        data_date,
        received_at,
        load_id,
        row_number
    from (
        select
            *,
            max(data_date) over (partition by authority, person_id) as last_data_date
        from {{ ref('stg_case_system__annex_a_list_8') }}
    ) as snapshots
    where data_date = last_data_date
),

uasc as (
    select
        authority,
        person_id,
        sex,
        date_of_birth,
        'yes' as former_uasc,
        data_date,
        received_at,
        load_id,
        row_number
    from {{ ref('stg_case_system__ssda903_uasc') }}
),

oc3 as (
    select
        authority,
        person_id,
        date_of_birth,
        data_date,
        received_at,
        load_id,
        row_number
    from (
        select
            *,
            max(data_date) over (partition by authority, person_id) as last_data_date
        from {{ ref('stg_case_system__ssda903_oc3') }}
    ) as snapshots
    where data_date = last_data_date
),

arrivals as (
    select
        immigration.authority,
        immigration.person_id,
        immigration_status.former_uasc,
        immigration.data_date,
        immigration.received_at,
        immigration.load_id,
        immigration.row_number
    from {{ ref('stg_case_system__ssd_immigration_status') }} as immigration
    inner join {{ ref('immigration_status') }} as immigration_status
        on immigration.immigration_status = immigration_status.code
),

disabilities as (
    select
        stated.authority,
        stated.person_id,
        case when disability.is_disability then 'yes' else 'no' end as disability,
        stated.data_date,
        stated.received_at,
        stated.load_id,
        stated.row_number
    from {{ ref('stg_case_system__ssd_disability') }} as stated
    inner join {{ ref('disability') }} as disability
        on stated.disability = disability.code
),

stated as (
    {% for relation, (source, extract_rank, facts) in facts_of.items() -%}
        {%- for fact in facts -%}
            select
                authority,
                person_id,
                '{{ fact }}' as fact,
                {{ 'cast(' ~ fact ~ ' as string)' if fact in dates else fact }} as fact_value,
                '{{ source }}' as source,
                {{ extract_rank }} as extract_rank,
                data_date,
                received_at,
                load_id,
                row_number
            from {{ ref(relation) if relation.startswith('stg_') else relation }}
            union all
        {% endfor -%}
    {%- endfor -%}
    select
        authority,
        person_id,
        'former_uasc' as fact,
        former_uasc as fact_value,
        'ssd' as source,
        1 as extract_rank,
        data_date,
        received_at,
        load_id,
        row_number
    from arrivals
    union all
    select
        authority,
        person_id,
        'disability' as fact,
        disability as fact_value,
        'ssd' as source,
        1 as extract_rank,
        data_date,
        received_at,
        load_id,
        row_number
    from disabilities
),

persons_statements as (
    select
        stated.authority,
        alias.person_key,
        stated.fact,
        stated.source,
        stated.fact_value,
        stated.person_id,
        stated.extract_rank,
        stated.data_date,
        stated.received_at,
        stated.load_id,
        stated.row_number,
        max(stated.data_date) over (
            partition by stated.authority, alias.person_key, stated.fact, stated.source
        ) as last_data_date,
        stated.source = 'ssd' and stated.fact in ('former_uasc', 'disability') as has_several_rows
    from stated
    inner join {{ ref('stg_identity__person_alias') }} as alias
        on
            stated.authority = alias.authority
            and stated.person_id = alias.person_id
    where stated.fact_value is not null
),

-- Of several rows of one person that together answer yes or no, one yes is a yes.
ranked_statements as (
    select
        authority,
        person_key,
        fact,
        source,
        fact_value,
        case when has_several_rows then last_data_date else data_date end as data_date,
        load_id,
        row_number,
        row_number() over (
            partition by authority, person_key, fact, source
            order by
                case when has_several_rows and fact_value = 'yes' then 0 else 1 end,
                data_date desc,
                extract_rank asc,
                received_at desc,
                person_id asc,
                row_number asc
        ) as place
    from persons_statements
    where not (fact = 'disability' and has_several_rows and data_date < last_data_date)
)

select
    statements.authority,
    statements.person_key,
    statements.fact,
    statements.source,
    statements.fact_value,
    statements.fact_value = 'u' or coalesce(ethnicity.ethnic_group, '') = 'not_known' as says_not_known,
    statements.data_date,
    statements.load_id,
    statements.row_number,
    row_number() over (
        partition by statements.authority, statements.person_key, statements.fact
        order by
            case when statements.source = 'person_index' then 1 else 0 end asc,
            case
                when statements.fact_value = 'u' or coalesce(ethnicity.ethnic_group, '') = 'not_known' then 1
                else 0
            end asc,
            statements.data_date desc,
            {{ source_rank('statements.source') }} asc
    ) as place
from ranked_statements as statements
left join {{ ref('ethnicity') }} as ethnicity
    on
        statements.fact = 'ethnicity'
        and statements.fact_value = ethnicity.code
where statements.place = 1
