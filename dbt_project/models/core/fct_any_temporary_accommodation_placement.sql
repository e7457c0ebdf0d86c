with placements as (
    select
        authority,
        person_key,
        record_id,
        source,
        tier,
        coalesce(accommodation_type, 'other') as accommodation_type,
        district,
        entry_date,
        exit_date,
        capped_exit_date
    from {{ ref('fct_temporary_accommodation_placement') }}
    where accommodation_type is distinct from 'own_arrangements'
),

owned as (
    {{ own_nights('placements') }}
)

select
    placements.authority,
    placements.person_key,
    placements.record_id,
    placements.source,
    placements.tier,
    placements.accommodation_type,
    placements.district,
    placements.entry_date,
    placements.exit_date,
    placements.capped_exit_date,
    owned.owns_from,
    owned.stay_start_date
from placements
inner join owned
    on
        placements.authority = owned.authority
        and placements.record_id = owned.record_id
