with ranked_loads as (
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
    from {{ ref('stg_landing__load') }}
)

select
    family,
    extract_name,
    sender,
    load_id as latest_load_id,
    data_date as latest_data_date
from ranked_loads
where place = 1
