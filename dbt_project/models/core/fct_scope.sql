{%- set scopes = {'protocol': 'scope_age_from', 'protocol_or_due_to_leave': 'measure_age_from_all'} -%}

with status_spells as (
    select
        care_status.authority,
        care_status.person_key,
        care_status.start_date,
        care_status.end_date,
        dim_person.date_of_birth,
        coalesce(dim_person.death_date, {{ end_of_time() }}) as death_date,
        authority.scope_age_from,
        authority.measure_age_from_all,
        case
            when activity.in_education then authority.scope_age_to_in_education
            else authority.scope_age_to
        end as scope_age_to
    from {{ ref('fct_care_status') }} as care_status
    inner join {{ ref('dim_person') }} as dim_person
        on
            care_status.authority = dim_person.authority
            and care_status.person_key = dim_person.person_key
    inner join {{ ref('authority') }} as authority
        on care_status.authority = authority.authority
    left join {{ ref('activity') }} as activity
        on care_status.activity = activity.code
    where
        care_status.eligibility <> 'none'
        and dim_person.date_of_birth is not null
),

in_scope as (
    {% for scope, age_from in scopes.items() %}
        select
            authority,
            person_key,
            '{{ scope }}' as scope,
            greatest(start_date, {{ birthday('date_of_birth', age_from) }}) as start_date,
            least(end_date, death_date, {{ birthday('date_of_birth', '(scope_age_to + 1)') }}) as end_date
        from status_spells
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}
),

in_scope_spans as (
    select * from in_scope
    where start_date < end_date
)

{{ merge_spans('in_scope_spans', ['authority', 'person_key', 'scope']) }}
