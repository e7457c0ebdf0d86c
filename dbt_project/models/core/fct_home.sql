with fragments as (
    select
        authority,
        person_key,
        kind_of_home,
        chain_number,
        fragment_number,
        record_id,
        source,
        start_date,
        end_date,
        is_open,
        start_recorded,
        postcode,
        district,
        row_number() over (
            partition by authority, person_key, kind_of_home, chain_number
            order by fragment_number
        ) as place
    from {{ ref('fct_home_fragment') }}
),

first_known as (
    select
        authority,
        person_key,
        kind_of_home,
        chain_number,
        max(case when is_open then 1 else 0 end) as open_fragments,
        max(end_date) as end_date,
        min(case when postcode is not null then place end) as postcode_place,
        min(case when district is not null then place end) as district_place
    from fragments
    group by authority, person_key, kind_of_home, chain_number
),

homes as (
    select
        fragments.authority,
        fragments.person_key,
        fragments.kind_of_home,
        fragments.chain_number,
        max(case when fragments.place = 1 then fragments.record_id end) as record_id,
        max(case when fragments.place = 1 then fragments.source end) as source,
        min(fragments.start_date) as start_date,
        max(case when first_known.open_fragments = 0 then first_known.end_date end) as end_date,
        max(case when fragments.place = 1 and fragments.start_recorded then 1 else 0 end) = 1 as start_recorded,
        max(case when fragments.place = first_known.postcode_place then fragments.postcode end) as postcode,
        max(case when fragments.place = first_known.district_place then fragments.district end) as district
    from fragments
    inner join first_known
        on
            fragments.authority = first_known.authority
            and fragments.person_key = first_known.person_key
            and fragments.kind_of_home = first_known.kind_of_home
            and fragments.chain_number = first_known.chain_number
    group by
        fragments.authority,
        fragments.person_key,
        fragments.kind_of_home,
        fragments.chain_number
)

select
    homes.authority,
    homes.person_key,
    homes.kind_of_home,
    homes.chain_number,
    kind_of_home.family,
    homes.record_id,
    homes.source,
    homes.start_date,
    homes.end_date,
    homes.start_recorded,
    homes.postcode,
    homes.district
from homes
inner join {{ ref('kind_of_home') }} as kind_of_home
    on homes.kind_of_home = kind_of_home.code
