-- A duty's beginning and its end count each by itself; a date after the file's own is not known yet.
with duties as (
    {% for duty in ['prevention', 'relief', 'main'] -%}
        select
            known.person_key,
            known.record_id as case_record_id,
            stated.district,
            stated.case_ref,
            '{{ duty }}' as duty,
            {% if duty == 'main' -%}
                case when stated.main_duty_decision = 'accepted' then stated.main_duty_decided_on end as start_date,
                stated.main_duty_end as end_date,
                stated.main_duty_end_reason as end_reason,
                cast(null as string) as accommodation,
            {% else -%}
                stated.{{ duty }}_start as start_date,
                stated.{{ duty }}_end as end_date,
                stated.{{ duty }}_end_reason as end_reason,
                stated.{{ duty }}_accommodation as accommodation,
            {% endif -%}
            stated.data_date,
            stated.load_id,
            stated.row_number
        from {{ ref('stg_homelessness__cases') }} as stated
        inner join {{ ref('fct_homelessness_case') }} as known
            on
                stated.district = known.district
                and stated.case_ref = known.case_ref
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

known_duties as (
    select
        person_key,
        case_record_id,
        district,
        case_ref,
        duty,
        case when start_date <= data_date then start_date end as start_date,
        case when end_date <= data_date then end_date end as end_date,
        end_reason,
        accommodation,
        load_id,
        row_number
    from duties
)

select
    person.authority,
    duties.person_key,
    {{ record_id('duty_owed', ['duties.district', 'duties.case_ref', 'duties.duty']) }} as record_id,
    {{ record_id('duty_end', ['duties.district', 'duties.case_ref', 'duties.duty']) }} as end_record_id,
    duties.case_record_id,
    duties.district,
    duties.duty,
    duties.start_date,
    duties.end_date,
    coalesce(duties.end_reason, 'not_known') as end_reason,
    case
        when duties.end_date is null then null
        when duties.end_reason = 'private_rented_accepted' then 'yes'
        when
            duties.end_reason in ('secured_alternative', 'secured')
            and accommodation_secured.kind_of_home = 'private_rented'
            then 'yes'
        else 'no'
    end as into_private_sector,
    case
        when duties.end_date is null then null
        when
            duties.end_reason in (
                'refused_suitable', 'refused_final_offer', 'part_6_refused', 'private_rented_refused',
                'refused_temporary'
            )
            then 'offer'
        when duties.end_reason in ('refused_to_cooperate', 'refusal_to_cooperate') then 'cooperation'
    end as refusal,
    duties.load_id,
    duties.row_number
from known_duties as duties
inner join {{ ref('dim_person') }} as person
    on duties.person_key = person.person_key
left join {{ ref('accommodation_secured') }} as accommodation_secured
    on duties.accommodation = accommodation_secured.code
where
    duties.start_date is not null
    or duties.end_date is not null
