{%- set sources = case_sources() -%}
{%- set plain_facts = [
    'eligibility', 'in_touch', 'latest_contact', 'activity', 'pathway_plan_review_on', 'personal_adviser'
] -%}
{%- set home_facts = ['accommodation_code', 'tenure', 'suitability'] -%}

-- The snapshots of a sender are its loads, so that one without rows is a snapshot in which everybody is absent.
with files as (
    select distinct
        sender as authority,
        case extract_name
            when 'ssd_care_leavers' then 'ssd'
            when 'annex_a_list_9' then 'annex_a'
            else 'ssda903'
        end as source,
        data_date as file_date
    from {{ ref('stg_landing__load') }}
    where
        family = 'case_system'
        and extract_name in ('ssd_care_leavers', 'annex_a_list_9', 'ssda903_oc3')
),

senders_of_status as (
    select distinct authority
    from files
    where source <> 'ssda903'
),

-- In which absence means something: OC3 names few, and speaks of absence only for who sends nothing else.
counting_files as (
    select
        files.authority,
        files.source,
        files.file_date,
        lag(files.file_date) over (partition by files.authority, files.source order by files.file_date)
            as previous_file_date
    from files
    left join senders_of_status
        on files.authority = senders_of_status.authority
    where
        files.source <> 'ssda903'
        or senders_of_status.authority is null
),

stood as (
    select distinct
        care_leaver.authority,
        care_leaver.person_key,
        care_leaver.source,
        care_leaver.file_date
    from {{ ref('fct_care_leaver_row') }} as care_leaver
    inner join counting_files
        on
            care_leaver.authority = counting_files.authority
            and care_leaver.source = counting_files.source
            and care_leaver.file_date = counting_files.file_date
),

first_stood as (
    select
        authority,
        person_key,
        min(file_date) as first_file_date
    from stood
    group by authority, person_key
),

attendance as (
    select
        first_stood.authority,
        first_stood.person_key,
        counting_files.source,
        counting_files.file_date,
        counting_files.previous_file_date,
        case when stood.person_key is null then 0 else 1 end as stands
    from first_stood
    inner join counting_files
        on
            first_stood.authority = counting_files.authority
            and first_stood.first_file_date <= counting_files.file_date
    left join stood
        on
            first_stood.authority = stood.authority
            and first_stood.person_key = stood.person_key
            and counting_files.source = stood.source
            and counting_files.file_date = stood.file_date
),

remembered as (
    select
        authority,
        person_key,
        file_date,
        previous_file_date,
        stands,
        max(stands) over (partition by authority, person_key, file_date) as stands_that_day,
        coalesce(
            lag(stands) over (partition by authority, person_key, source order by file_date), 0
        ) as stood_before,
        max(case when stands = 1 then file_date end) over (
            partition by authority, person_key
            order by file_date, {{ source_rank('source') }}
            rows between unbounded preceding and 1 preceding
        ) as last_stood_on
    from attendance
),

absences as (
    select distinct
        authority,
        person_key,
        file_date as data_date
    from remembered
    where
        stands_that_day = 0
        and (stood_before = 1 or previous_file_date >= last_stood_on)
),

-- What each source says of a day, side by side.
spoken_days as (
    select
        authority,
        person_key,
        data_date,
        {% for source in sources -%}
            {% for fact in plain_facts + home_facts -%}
                max(case when source = '{{ source }}' then {{ fact }} end) as {{ source }}_{{ fact }},
            {% endfor -%}
            max(case when source = '{{ source }}' then load_id end) as {{ source }}_load_id,
            max(case when source = '{{ source }}' then row_number end) as {{ source }}_row_number,
        {% endfor -%}
        min({{ source_rank('source') }}) as first_rank
    from {{ ref('fct_care_leaver_row') }}
    where is_chosen
    group by authority, person_key, data_date
),

days as (
    select
        spoken_days.authority,
        spoken_days.person_key,
        spoken_days.data_date,
        case spoken_days.first_rank
            {% for source in sources -%}
                when {{ loop.index }} then '{{ source }}'
            {% endfor -%}
        end as source,
        senders_of_status.authority is null or spoken_days.first_rank < {{ sources | length }} as tells_status,
        coalesce(
            spoken_days.ssd_eligibility,
            spoken_days.annex_a_eligibility,
            case when senders_of_status.authority is null then spoken_days.ssda903_eligibility end
        ) as eligibility,
        {% for fact in plain_facts if fact != 'eligibility' -%}
            coalesce(
                {%- for source in sources -%}
                    spoken_days.{{ source }}_{{ fact }}{{ ', ' if not loop.last }}
                {%- endfor -%}
            ) as {{ fact }},
        {% endfor -%}
        coalesce(
            {%- for source in sources -%}
                spoken_days.{{ source }}_accommodation_code{{ ', ' if not loop.last }}
            {%- endfor -%}
        ) as accommodation_code,
        {% for source in sources -%}
            {% for column in home_facts + ['load_id', 'row_number'] -%}
                spoken_days.{{ source }}_{{ column }},
            {% endfor -%}
        {% endfor -%}
        spoken_days.first_rank
    from spoken_days
    left join senders_of_status
        on spoken_days.authority = senders_of_status.authority
),

-- Tenure and suitability belong to the accommodation that counts; so does the row that a home is traced to.
merged_days as (
    select
        authority,
        person_key,
        data_date,
        source,
        tells_status,
        eligibility,
        in_touch,
        latest_contact,
        activity,
        pathway_plan_review_on,
        personal_adviser,
        {% for column in ['tenure', 'suitability', 'load_id', 'row_number'] -%}
            coalesce(
                {%- for source in sources -%}
                    case
                        when coalesce({{ source }}_accommodation_code, '') = coalesce(accommodation_code, '')
                            then {{ source }}_{{ column }}
                    end{{ ', ' if not loop.last }}
                {%- endfor -%}
            ) as {{ column }},
        {% endfor -%}
        accommodation_code
    from days
),

calendar as (
    select
        authority,
        person_key,
        data_date,
        1 as has_rows,
        case when tells_status then 1 else 0 end as tells_status
    from merged_days
    union all
    select
        absences.authority,
        absences.person_key,
        absences.data_date,
        0 as has_rows,
        1 as tells_status
    from absences
    left join merged_days
        on
            absences.authority = merged_days.authority
            and absences.person_key = merged_days.person_key
            and absences.data_date = merged_days.data_date
            and merged_days.tells_status
    where merged_days.person_key is null
),

-- A day that only OC3 speaks of is left out while the sources of status say that the person is gone.
days_since_status as (
    select
        authority,
        person_key,
        data_date,
        has_rows,
        tells_status,
        sum(tells_status) over (
            partition by authority, person_key
            order by data_date, has_rows
            rows between unbounded preceding and current row
        ) as status_number
    from calendar
),

standing_days as (
    select
        authority,
        person_key,
        data_date,
        has_rows,
        max(case when tells_status = 1 then has_rows end) over (
            partition by authority, person_key, status_number
        ) as stands_by_status
    from days_since_status
),

numbered_days as (
    select
        authority,
        person_key,
        data_date,
        has_rows,
        row_number() over (partition by authority, person_key order by data_date) as snapshot_number,
        lag(data_date) over (partition by authority, person_key order by data_date) as previous_data_date,
        lead(data_date) over (partition by authority, person_key order by data_date) as next_data_date,
        lag(has_rows) over (partition by authority, person_key order by data_date) as day_before_has_rows
    from standing_days
    where
        has_rows = 0
        or coalesce(stands_by_status, 1) = 1
),

days_in_order as (
    select
        merged_days.authority,
        merged_days.person_key,
        merged_days.data_date,
        merged_days.source,
        merged_days.tells_status,
        merged_days.eligibility,
        merged_days.in_touch,
        merged_days.latest_contact,
        merged_days.activity,
        merged_days.pathway_plan_review_on,
        merged_days.personal_adviser,
        merged_days.accommodation_code,
        merged_days.tenure,
        merged_days.suitability,
        merged_days.load_id,
        merged_days.row_number,
        numbered_days.snapshot_number,
        numbered_days.previous_data_date,
        numbered_days.next_data_date,
        numbered_days.day_before_has_rows = 1
        and lag(merged_days.source) over (
            partition by merged_days.authority, merged_days.person_key
            order by merged_days.data_date
        ) <> merged_days.source as follows_another_source
    from numbered_days
    inner join merged_days
        on
            numbered_days.authority = merged_days.authority
            and numbered_days.person_key = merged_days.person_key
            and numbered_days.data_date = merged_days.data_date
    where numbered_days.has_rows = 1
),

-- What a day leaves empty, the day before may say, if that is another source's.
days_before as (
    select
        authority,
        person_key,
        data_date,
        follows_another_source,
        {% for fact in plain_facts + home_facts -%}
            lag({{ fact }}) over (partition by authority, person_key order by data_date) as {{ fact }},
        {% endfor -%}
        row_number
    from days_in_order
),

filled_days as (
    select
        today.authority,
        today.person_key,
        today.data_date,
        today.source,
        today.tells_status,
        {% for fact in plain_facts -%}
            coalesce(today.{{ fact }}, day_before.{{ fact }}) as {{ fact }},
        {% endfor -%}
        coalesce(today.accommodation_code, day_before.accommodation_code) as accommodation_code,
        case
            when today.tenure is not null then today.tenure
            when coalesce(today.accommodation_code, 'U') = 'U' and day_before.accommodation_code = 'U'
                then day_before.tenure
        end as tenure,
        case
            when today.accommodation_code is null then coalesce(day_before.suitability, today.suitability)
            else today.suitability
        end as suitability,
        today.load_id,
        today.row_number,
        today.snapshot_number,
        today.previous_data_date,
        today.next_data_date
    from days_in_order as today
    left join days_before as day_before
        on
            today.authority = day_before.authority
            and today.person_key = day_before.person_key
            and today.data_date = day_before.data_date
            and day_before.follows_another_source
)

-- Where others tell status, OC3's is not asked: it keeps the last one told, and has none before the first.
select
    filled_days.authority,
    filled_days.person_key,
    filled_days.data_date,
    filled_days.snapshot_number,
    filled_days.previous_data_date,
    filled_days.next_data_date,
    filled_days.source,
    {{ last_known(
        "case when filled_days.tells_status then coalesce(filled_days.eligibility, 'none') end",
        'partition by filled_days.authority, filled_days.person_key order by filled_days.data_date '
        ~ 'rows between unbounded preceding and current row'
    ) }} as eligibility,
    filled_days.activity,
    filled_days.in_touch,
    case when filled_days.latest_contact <= filled_days.data_date then filled_days.latest_contact end as latest_contact,
    filled_days.pathway_plan_review_on,
    filled_days.personal_adviser,
    filled_days.personal_adviser is not null as adviser_named,
    case
        when accommodation.kind_of_home = 'tenure_not_known'
            then coalesce(tenure.kind_of_home, 'tenure_not_known')
        else accommodation.kind_of_home
    end as kind_of_home,
    filled_days.suitability,
    filled_days.load_id,
    filled_days.row_number
from filled_days
left join {{ ref('accommodation') }} as accommodation
    on filled_days.accommodation_code = accommodation.code
left join {{ ref('tenure') }} as tenure
    on filled_days.tenure = tenure.code
