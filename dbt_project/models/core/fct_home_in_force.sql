-- Of the homes that cover a day the one that began last holds; ties go by source, then by record id (reading 23).
with residences as (
    select
        authority,
        person_key,
        record_id,
        kind_of_home,
        district,
        start_date,
        least(coalesce(end_date, {{ end_of_time() }}), hidden_from) as end_date,
        source_rank,
        tie_rank
    from {{ ref('fct_residence') }}
),

boundaries as (
    select
        authority,
        person_key,
        start_date as boundary
    from residences
    where start_date < end_date
    union
    select
        authority,
        person_key,
        end_date as boundary
    from residences
    where start_date < end_date
),

segments as (
    select
        authority,
        person_key,
        boundary as start_date,
        lead(boundary) over (partition by authority, person_key order by boundary) as end_date
    from boundaries
),

ranked_residences as (
    select
        segments.authority,
        segments.person_key,
        segments.start_date,
        segments.end_date,
        residences.record_id,
        residences.kind_of_home,
        residences.district,
        residences.start_date as home_start_date,
        row_number() over (
            partition by segments.authority, segments.person_key, segments.start_date
            order by
                residences.start_date desc,
                residences.source_rank asc,
                residences.tie_rank asc,
                residences.record_id asc
        ) as place
    from segments
    inner join residences
        on
            segments.authority = residences.authority
            and segments.person_key = residences.person_key
            and segments.start_date >= residences.start_date
            and segments.start_date < residences.end_date
)

select
    homes.authority,
    homes.person_key,
    homes.start_date,
    homes.end_date,
    homes.record_id,
    homes.kind_of_home,
    kind_of_home.family,
    homes.district,
    homes.home_start_date
from ranked_residences as homes
inner join {{ ref('kind_of_home') }} as kind_of_home
    on homes.kind_of_home = kind_of_home.code
where homes.place = 1
