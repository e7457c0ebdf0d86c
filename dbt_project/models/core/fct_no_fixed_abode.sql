-- No night is counted after the last day that its record speaks for; of two fragments the one begun earlier holds it.
with {{ open_records() }},

fragments as (
    select
        fragment.authority,
        fragment.person_key,
        fragment.record_id,
        fragment.source,
        fragment.fragment_number,
        fragment.district,
        fragment.start_date,
        coalesce(fragment.end_date, {{ end_of_time() }}) as end_date,
        {{ hidden_from('fragment.source') }} as hidden_from,
        {{ add_days('coalesce(form.data_date, snapshots.latest_data_date)', 1) }} as known_until
    from {{ ref('fct_home_fragment') }} as fragment
    left join {{ ref('fct_form_spell') }} as form
        on
            fragment.authority = form.authority
            and fragment.record_id = form.record_id
    left join {{ ref('dim_extract') }} as snapshots
        on
            fragment.authority = snapshots.sender
            and snapshots.family = 'case_system'
            and snapshots.extract_name = 'care_leavers'
    left join open_care
        on
            fragment.authority = open_care.authority
            and fragment.person_key = open_care.person_key
    left join open_form
        on
            fragment.authority = open_form.authority
            and fragment.person_key = open_form.person_key
    where fragment.kind_of_home = 'no_fixed_abode'
),

nights_before as (
    select
        authority,
        person_key,
        fragment_number,
        max(least(end_date, known_until)) over (
            partition by authority, person_key
            order by
                start_date,
                case when source = 'form' then 0 else 1 end,
                record_id,
                fragment_number
            rows between unbounded preceding and 1 preceding
        ) as taken_until
    from fragments
)

select
    fragments.authority,
    fragments.person_key,
    fragments.record_id,
    fragments.fragment_number,
    fragments.district,
    fragments.start_date,
    least(fragments.end_date, fragments.hidden_from) as end_date,
    greatest(
        fragments.start_date, coalesce(nights_before.taken_until, fragments.start_date)
    ) as owns_from,
    least(fragments.end_date, fragments.known_until) as owns_until
from fragments
inner join nights_before
    on
        fragments.authority = nights_before.authority
        and fragments.person_key = nights_before.person_key
        and fragments.fragment_number = nights_before.fragment_number
