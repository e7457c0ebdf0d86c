with district_placements as (
    select
        person.authority,
        cases.person_key,
        {{ record_id('placement', ['placement.district', 'placement.case_ref', 'placement.placement_ref']) }}
            as record_id,
        'homelessness' as source,
        'district' as tier,
        placement.accommodation_type,
        case
            when placement.accommodation_type is null then 'temporary_or_emergency'
            else accommodation_type.kind_of_home
        end as kind_of_home,
        placement.district,
        coalesce(placement.placed_in_gss, placement.district) as home_district,
        placement.entry_on as entry_date,
        placement.exit_on as exit_date,
        least(
            coalesce(placement.exit_on, {{ end_of_time() }}), {{ add_days('placement.data_date', 1) }}
        ) as capped_exit_date,
        placement.exit_on is null or placement.exit_on > placement.data_date as is_capped,
        placement.load_id,
        placement.row_number
    from {{ ref('stg_homelessness__placements') }} as placement
    inner join {{ ref('fct_homelessness_case') }} as cases
        on
            placement.district = cases.district
            and placement.case_ref = cases.case_ref
    inner join {{ ref('dim_person') }} as person
        on cases.person_key = person.person_key
    left join {{ ref('temporary_accommodation_type') }} as accommodation_type
        on placement.accommodation_type = accommodation_type.code
),

form_placements as (
    select
        authority,
        person_key,
        record_id,
        'form' as source,
        placed_by as tier,
        'bed_and_breakfast' as accommodation_type,
        kind_of_home,
        district,
        district as home_district,
        start_date as entry_date,
        case when not is_open then end_date end as exit_date,
        least(end_date, {{ add_days('data_date', 1) }}) as capped_exit_date,
        end_date > data_date as is_capped,
        load_id,
        row_number
    from {{ ref('fct_form_spell') }}
    where
        accommodation_code = 'W'
        and placed_by in ('county', 'district')
),

placements as (
    select * from district_placements
    union all
    select * from form_placements
),

nights_before as (
    select
        authority,
        person_key,
        record_id,
        max(capped_exit_date) over (
            partition by authority, person_key
            order by
                entry_date asc,
                case when tier = 'district' then 0 else 1 end asc,
                district asc nulls last,
                record_id asc
            rows between unbounded preceding and 1 preceding
        ) as taken_until
    from placements
    where accommodation_type = 'bed_and_breakfast'
),

-- A night in two placements belongs to the one entered earlier: each begins to own nights where those before it end.
owned as (
    select
        placements.authority,
        placements.person_key,
        placements.record_id,
        placements.source,
        placements.tier,
        placements.accommodation_type,
        placements.kind_of_home,
        placements.district,
        placements.home_district,
        placements.entry_date,
        placements.exit_date,
        placements.capped_exit_date,
        placements.is_capped,
        placements.load_id,
        placements.row_number,
        case
            when placements.accommodation_type = 'bed_and_breakfast'
                then greatest(placements.entry_date, coalesce(nights_before.taken_until, placements.entry_date))
        end as owns_from,
        case
            when placements.accommodation_type <> 'bed_and_breakfast' then 0
            when placements.entry_date <= nights_before.taken_until then 0
            else 1
        end as begins_stay
    from placements
    left join nights_before
        on
            placements.authority = nights_before.authority
            and placements.record_id = nights_before.record_id
)

select
    authority,
    person_key,
    record_id,
    source,
    tier,
    accommodation_type,
    kind_of_home,
    district,
    home_district,
    entry_date,
    exit_date,
    capped_exit_date,
    is_capped,
    owns_from,
    case
        when accommodation_type = 'bed_and_breakfast'
            then max(case when begins_stay = 1 then entry_date end) over (
                partition by authority, person_key, case when accommodation_type = 'bed_and_breakfast' then 1 else 0 end
                order by
                    entry_date asc,
                    case when tier = 'district' then 0 else 1 end asc,
                    district asc nulls last,
                    record_id asc
                rows between unbounded preceding and current row
            )
    end as stay_start_date,
    load_id,
    row_number
from owned
