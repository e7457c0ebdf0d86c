-- The state of care leavers is told by any of three extracts: together they are one more, `care_leavers`.
with loads as (
    select
        family,
        extract_name,
        sender,
        load_id,
        data_date,
        received_at
    from {{ ref('stg_landing__load') }}
    union all
    select
        family,
        'care_leavers' as extract_name,
        sender,
        load_id,
        data_date,
        received_at
    from {{ ref('stg_landing__load') }}
    where
        family = 'case_system'
        and extract_name in ('ssd_care_leavers', 'annex_a_list_9', 'ssda903_oc3')
),

ranked_loads as (
    select
        family,
        extract_name,
        sender,
        load_id,
        data_date,
        row_number() over (
            partition by family, extract_name, sender
            order by data_date desc, received_at desc, load_id desc
        ) as place
    from loads
)

select
    family,
    extract_name,
    sender,
    load_id as latest_load_id,
    data_date as latest_data_date
from ranked_loads
where place = 1
