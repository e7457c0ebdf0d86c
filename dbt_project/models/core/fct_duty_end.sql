with cases as (
    select
        stated.district,
        stated.case_ref,
        known.person_key,
        stated.prevention_end,
        stated.prevention_end_reason,
        stated.prevention_accommodation,
        stated.relief_end,
        stated.relief_end_reason,
        stated.relief_accommodation,
        stated.main_duty_end,
        stated.main_duty_end_reason,
        stated.data_date,
        stated.load_id,
        stated.row_number
    from {{ ref('stg_homelessness__cases') }} as stated
    inner join {{ ref('fct_homelessness_case') }} as known
        on
            stated.district = known.district
            and stated.case_ref = known.case_ref
),

secured as (
    select
        cases.district,
        cases.case_ref,
        cases.person_key,
        'prevention' as duty,
        cases.prevention_end as start_date,
        coalesce(accommodation_secured.kind_of_home, 'not_known') as kind_of_home,
        cases.data_date,
        cases.load_id,
        cases.row_number
    from cases
    left join {{ ref('accommodation_secured') }} as accommodation_secured
        on cases.prevention_accommodation = accommodation_secured.code
    where cases.prevention_end_reason = 'secured_alternative'
    union all
    select
        cases.district,
        cases.case_ref,
        cases.person_key,
        'relief' as duty,
        cases.relief_end as start_date,
        coalesce(accommodation_secured.kind_of_home, 'not_known') as kind_of_home,
        cases.data_date,
        cases.load_id,
        cases.row_number
    from cases
    left join {{ ref('accommodation_secured') }} as accommodation_secured
        on cases.relief_accommodation = accommodation_secured.code
    where cases.relief_end_reason = 'secured'
    union all
    select
        district,
        case_ref,
        person_key,
        'main' as duty,
        main_duty_end as start_date,
        case
            when main_duty_end_reason = 'part_6_accepted' then 'social_general_needs'
            else 'private_rented'
        end as kind_of_home,
        data_date,
        load_id,
        row_number
    from cases
    where main_duty_end_reason in ('part_6_accepted', 'private_rented_accepted')
),

duty_ends as (
    select
        {{ record_id('duty_end', ['secured.district', 'secured.case_ref', 'secured.duty']) }} as record_id,
        secured.person_key,
        secured.district,
        secured.duty,
        secured.start_date,
        secured.kind_of_home,
        kind_of_home.family,
        secured.load_id,
        secured.row_number
    from secured
    inner join {{ ref('kind_of_home') }} as kind_of_home
        on secured.kind_of_home = kind_of_home.code
    where secured.start_date <= secured.data_date
),

numbered_duty_ends as (
    select
        record_id,
        person_key,
        district,
        duty,
        start_date,
        start_date as spaced_on,
        kind_of_home,
        family,
        load_id,
        row_number,
        row_number() over (order by person_key, family, start_date, record_id) as spacing_number
    from duty_ends
),

{{ kept_when_spaced('numbered_duty_ends', ['person_key', 'family'], var('duty_end_days')) }}

select
    person.authority,
    duty_ends.person_key,
    duty_ends.record_id,
    duty_ends.district,
    duty_ends.duty,
    duty_ends.kind_of_home,
    duty_ends.family,
    duty_ends.start_date,
    kept.spacing_number is not null as is_counted,
    duty_ends.load_id,
    duty_ends.row_number
from numbered_duty_ends as duty_ends
inner join {{ ref('dim_person') }} as person
    on duty_ends.person_key = person.person_key
left join kept_when_spaced as kept
    on duty_ends.spacing_number = kept.spacing_number
