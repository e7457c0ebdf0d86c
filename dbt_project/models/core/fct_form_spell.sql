with form_spells as (
    select
        row_number() over (order by form.authority, form.form_record_id) as span_number,
        form.authority,
        alias.person_key,
        {{ record_id('form', ['form.authority', 'form.form_record_id']) }} as record_id,
        case
            when form.accommodation_code is null then 'not_known'
            when accommodation.kind_of_home = 'tenure_not_known'
                then coalesce(tenure.kind_of_home, 'tenure_not_known')
            else accommodation.kind_of_home
        end as kind_of_home,
        form.accommodation_code,
        form.placed_by,
        form.suitability,
        form.end_reason,
        form.recorded_on,
        form.end_date as ended_on,
        form.postcode,
        form.district_gss,
        form.start_date,
        coalesce(form.end_date, {{ add_days('form.data_date', 1) }}) as end_date,
        form.end_date is null and form.load_id = dim_extract.latest_load_id as is_open,
        form.data_date,
        form.load_id,
        form.row_number
    from {{ ref('stg_protocol_forms__accommodation') }} as form
    inner join {{ ref('stg_identity__person_alias') }} as alias
        on
            form.authority = alias.authority
            and form.person_id = alias.person_id
    inner join {{ ref('dim_extract') }} as dim_extract
        on
            form.authority = dim_extract.sender
            and dim_extract.family = 'protocol_forms'
            and dim_extract.extract_name = 'accommodation'
    left join {{ ref('accommodation') }} as accommodation
        on form.accommodation_code = accommodation.code
    left join {{ ref('tenure') }} as tenure
        on form.tenure = tenure.code
),

postcode_districts as (
    {{ district_of_postcode('form_spells', 'span_number', 'postcode', 'start_date') }}
)

select
    form_spells.authority,
    form_spells.person_key,
    form_spells.record_id,
    form_spells.kind_of_home,
    form_spells.accommodation_code,
    form_spells.placed_by,
    form_spells.suitability,
    form_spells.end_reason,
    form_spells.recorded_on,
    form_spells.ended_on,
    form_spells.postcode,
    coalesce(form_spells.district_gss, postcode_districts.district) as district,
    form_spells.start_date,
    form_spells.end_date,
    form_spells.is_open,
    form_spells.data_date,
    form_spells.load_id,
    form_spells.row_number
from form_spells
left join postcode_districts
    on form_spells.span_number = postcode_districts.span_number
