with ranked_offers as (
    select
        {{ record_id('letting', [
            'scheme',
            "coalesce(tenancy_ref, coalesce(application_ref, '') || '|' || coalesce(property_ref, ''))"
        ]) }} as record_id,
        scheme,
        offer_ref,
        application_ref,
        tenancy_ref,
        tenancy_start,
        route,
        needs_type,
        local_authority_gss,
        load_id,
        row_number
    from {{ ref('stg_lettings__offers') }}
    where
        response = 'accepted'
        and tenancy_start <= data_date
),

lettings as (
    select
        record_id,
        scheme,
        application_ref,
        tenancy_ref,
        tenancy_start,
        route,
        needs_type,
        local_authority_gss,
        load_id,
        row_number,
        row_number() over (partition by record_id order by tenancy_start, offer_ref) as place
    from ranked_offers
)

select
    person.authority,
    person.person_key,
    lettings.record_id,
    lettings.scheme,
    lettings.tenancy_ref,
    needs_type.kind_of_home,
    kind_of_home.family,
    lettings.tenancy_start as start_date,
    coalesce(lettings.route, 'not_known') as route,
    lettings.local_authority_gss as district,
    coalesce(lettings.local_authority_gss, application.local_authority_gss) as offer_district,
    lettings.load_id,
    lettings.row_number
from lettings
inner join {{ ref('stg_identity__person_link') }} as person_link
    on
        person_link.family = 'lettings'
        and person_link.extract_name = 'applications'
        and lettings.scheme = person_link.sender
        and lettings.application_ref = person_link.source_ref
left join {{ ref('stg_lettings__applications') }} as application
    on
        lettings.scheme = application.scheme
        and lettings.application_ref = application.application_ref
inner join {{ ref('dim_person') }} as person
    on person_link.person_key = person.person_key
inner join {{ ref('needs_type') }} as needs_type
    on coalesce(lettings.needs_type, 'general_needs') = needs_type.code
inner join {{ ref('kind_of_home') }} as kind_of_home
    on needs_type.kind_of_home = kind_of_home.code
where lettings.place = 1
