-- The snapshots of a sender are its loads, so that one without rows is a snapshot in which everybody is absent.
with snapshot_dates as (
    select distinct
        sender as authority,
        data_date
    from {{ ref('stg_landing__load') }}
    where
        family = 'case_system'
        and extract_name = 'ssd_care_leavers'
),

snapshots as (
    select
        authority,
        data_date,
        row_number() over (partition by authority order by data_date) as snapshot_number,
        lag(data_date) over (partition by authority order by data_date) as previous_data_date,
        lead(data_date) over (partition by authority order by data_date) as next_data_date
    from snapshot_dates
),

ranked_rows as (
    select
        alias.person_key,
        care_leavers.authority,
        care_leavers.data_date,
        care_leavers.eligibility,
        care_leavers.in_touch,
        care_leavers.activity,
        care_leavers.accommodation_code,
        care_leavers.tenure,
        care_leavers.suitability,
        case
            when care_leavers.latest_contact <= care_leavers.data_date then care_leavers.latest_contact
        end as latest_contact,
        care_leavers.personal_adviser,
        care_leavers.load_id,
        care_leavers.row_number,
        row_number() over (
            partition by care_leavers.authority, alias.person_key, care_leavers.data_date
            order by
                case when care_leavers.eligibility <> 'none' then 0 else 1 end,
                care_leavers.latest_contact desc nulls last,
                case care_leavers.eligibility
                    when 'former_relevant' then 1
                    when 'relevant' then 2
                    when 'eligible' then 3
                    when 'qualifying' then 4
                    else 5
                end,
                care_leavers.activity asc nulls last,
                care_leavers.in_touch asc nulls last,
                care_leavers.accommodation_code asc nulls last,
                care_leavers.suitability asc nulls last,
                care_leavers.tenure asc nulls last,
                care_leavers.row_number asc
        ) as place
    from {{ ref('stg_case_system__ssd_care_leavers') }} as care_leavers
    inner join {{ ref('stg_identity__person_alias') }} as alias
        on
            care_leavers.authority = alias.authority
            and care_leavers.person_id = alias.person_id
)

select
    ranked_rows.authority,
    ranked_rows.person_key,
    ranked_rows.data_date,
    snapshots.snapshot_number,
    snapshots.previous_data_date,
    snapshots.next_data_date,
    coalesce(ranked_rows.eligibility, 'none') as eligibility,
    ranked_rows.activity,
    ranked_rows.in_touch,
    case
        when accommodation.kind_of_home = 'tenure_not_known'
            then coalesce(tenure.kind_of_home, 'tenure_not_known')
        else accommodation.kind_of_home
    end as kind_of_home,
    ranked_rows.suitability,
    ranked_rows.latest_contact,
    ranked_rows.personal_adviser,
    ranked_rows.load_id,
    ranked_rows.row_number
from ranked_rows
inner join snapshots
    on
        ranked_rows.authority = snapshots.authority
        and ranked_rows.data_date = snapshots.data_date
left join {{ ref('accommodation') }} as accommodation
    on ranked_rows.accommodation_code = accommodation.code
left join {{ ref('tenure') }} as tenure
    on ranked_rows.tenure = tenure.code
where ranked_rows.place = 1
