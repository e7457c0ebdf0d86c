with days as (
    select
        authority,
        last_day as day
    from {{ ref('dim_period') }}
    where period_kind = 'quarter'
),

cohort as (
    select
        scope.authority,
        scope.person_key,
        days.day
    from days
    inner join {{ ref('fct_scope') }} as scope
        on
            days.authority = scope.authority
            and scope.scope = 'protocol'
            and days.day >= scope.start_date
            and days.day < scope.end_date
),

homes as (
    select
        cohort.authority,
        cohort.person_key,
        cohort.day,
        coalesce(
            home.record_id,
            {{ record_id('person', ['cohort.authority', 'cohort.person_key']) }}
        ) as record_id,
        coalesce(home.kind_of_home, 'not_known') as kind_of_home,
        coalesce(home.family, 'not_known') as family,
        home.district
    from cohort
    {{ join_home('cohort', 'cohort.day') }}
),

ranked_forms as (
    select
        homes.authority,
        homes.person_key,
        homes.day,
        form.suitability,
        row_number() over (
            partition by homes.authority, homes.person_key, homes.day
            order by form.start_date desc, form.record_id asc
        ) as place
    from homes
    inner join {{ ref('fct_form_spell') }} as form
        on
            homes.authority = form.authority
            and homes.person_key = form.person_key
            and form.start_date <= homes.day
            and (form.is_open or form.end_date > homes.day)
    inner join {{ ref('kind_of_home') }} as form_kind
        on
            form.kind_of_home = form_kind.code
            and homes.family = form_kind.family
),

-- The snapshot in force on the day is the sender's last one; before a spell's first snapshot it is that first one.
snapshot_suitability as (
    select
        homes.authority,
        homes.person_key,
        homes.day,
        case
            when care_snapshot.data_date >= spell.first_data_date then care_snapshot.suitability
            else spell.first_suitability
        end as suitability
    from homes
    inner join {{ ref('fct_snapshot_spell') }} as spell
        on
            homes.authority = spell.authority
            and homes.person_key = spell.person_key
            and spell.start_date <= homes.day
            and (spell.is_open or spell.end_date > homes.day)
    inner join {{ ref('kind_of_home') }} as spell_kind
        on
            spell.kind_of_home = spell_kind.code
            and homes.family = spell_kind.family
    left join {{ ref('fct_care_snapshot') }} as care_snapshot
        on
            homes.authority = care_snapshot.authority
            and homes.person_key = care_snapshot.person_key
            and care_snapshot.data_date <= homes.day
            and coalesce(care_snapshot.next_data_date, {{ end_of_time() }}) > homes.day
),

events as (
    select
        homes.authority,
        homes.person_key,
        homes.record_id,
        homes.district,
        homes.day as start_date,
        {{ add_days('homes.day', 1) }} as end_date,
        1 as quantity,
        homes.day as valued_on,
        homes.kind_of_home,
        case
            when homes.kind_of_home = 'in_care_placement' then 'not_known'
            when ranked_forms.place = 1 then coalesce(ranked_forms.suitability, 'not_known')
            else coalesce(snapshot_suitability.suitability, 'not_known')
        end as suitability
    from homes
    left join ranked_forms
        on
            homes.authority = ranked_forms.authority
            and homes.person_key = ranked_forms.person_key
            and homes.day = ranked_forms.day
            and ranked_forms.place = 1
    left join snapshot_suitability
        on
            homes.authority = snapshot_suitability.authority
            and homes.person_key = snapshot_suitability.person_key
            and homes.day = snapshot_suitability.day
)

{{ measure_event('accommodation_now', 'events', own=['kind_of_home', 'suitability']) }}
