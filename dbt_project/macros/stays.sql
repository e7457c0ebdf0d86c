{#
    Temporary accommodation united per person: which nights each placement owns, and which placements are one stay.

    What belongs here: readings 30 and 31 of decision 2, for bed and breakfast and for all types alike (decision 8,
    reading 59). The relations have the columns of fct_temporary_accommodation_placement.
#}

{#
    A night in two placements belongs to the one entered earlier (ties: a district's before the county's, then the
    smaller GSS code), so that each begins to own nights where those before it end. Placements that touch or overlap are
    one stay. Gives (authority, record_id, owns_from, stay_start_date).
#}
{% macro own_nights(placements) -%}
    {%- set in_order -%}
        order by
            entry_date asc,
            case when tier = 'district' then 0 else 1 end asc,
            district asc nulls last,
            record_id asc
    {%- endset -%}
    select
        authority,
        record_id,
        greatest(entry_date, coalesce(taken_until, entry_date)) as owns_from,
        max(case when taken_until is null or entry_date > taken_until then entry_date end) over (
            partition by authority, person_key
            {{ in_order }}
            rows between unbounded preceding and current row
        ) as stay_start_date
    from (
        select
            authority,
            person_key,
            record_id,
            tier,
            district,
            entry_date,
            max(capped_exit_date) over (
                partition by authority, person_key
                {{ in_order }}
                rows between unbounded preceding and 1 preceding
            ) as taken_until
        from {{ placements }}
    ) as placements_in_order
{%- endmacro %}


{# One row per run of nights that a placement owns while the person is in the scope. #}
{% macro nights_in_scope(placements, scope) -%}
    select
        own_nights.authority,
        own_nights.person_key,
        own_nights.record_id,
        own_nights.stay_start_date,
        own_nights.source,
        own_nights.tier,
        own_nights.accommodation_type,
        own_nights.district,
        greatest(own_nights.owns_from, scope.start_date) as start_date,
        least(own_nights.capped_exit_date, scope.end_date) as end_date,
        {{ days_between(
            'greatest(own_nights.owns_from, scope.start_date)',
            'least(own_nights.capped_exit_date, scope.end_date)'
        ) }} as nights
    from (
        select
            authority,
            person_key,
            record_id,
            stay_start_date,
            source,
            tier,
            accommodation_type,
            district,
            owns_from,
            capped_exit_date
        from {{ placements }}
        where owns_from < capped_exit_date
    ) as own_nights
    inner join {{ ref('fct_scope') }} as scope
        on
            own_nights.authority = scope.authority
            and own_nights.person_key = scope.person_key
            and scope.scope = '{{ scope }}'
            and own_nights.owns_from < scope.end_date
            and own_nights.capped_exit_date > scope.start_date
{%- endmacro %}


{# The stays that have a night in the scope, as CTEs that end with `counted_stays`. #}
{% macro counted_stays(placements, nights, scope) -%}
    nights_in_order as (
        select
            authority,
            person_key,
            stay_start_date,
            record_id,
            district,
            start_date,
            end_date,
            nights,
            row_number() over (partition by authority, person_key, stay_start_date order by start_date) as place
        from {{ nights }}
    ),

    stays as (
        select
            authority,
            person_key,
            stay_start_date,
            max(case when place = 1 then record_id end) as record_id,
            max(case when place = 1 then district end) as district,
            min(start_date) as entry_date,
            max(end_date) as exit_date,
            sum(nights) as nights
        from nights_in_order
        group by authority, person_key, stay_start_date
    ),

    -- A placement counts towards the stay's tier and sources if it covers a night in scope, whoever owns that night.
    covering_placements as (
        select
            placement.authority,
            placement.person_key,
            placement.stay_start_date,
            max(case when placement.tier = 'district' then 1 else 0 end) as has_district,
            max(case when placement.tier = 'county' then 1 else 0 end) as has_county,
            max(case when placement.source = 'homelessness' then 1 else 0 end) as has_homelessness,
            max(case when placement.source = 'form' then 1 else 0 end) as has_form
        from {{ placements }} as placement
        inner join {{ ref('fct_scope') }} as scope
            on
                placement.authority = scope.authority
                and placement.person_key = scope.person_key
                and scope.scope = '{{ scope }}'
                and placement.entry_date < scope.end_date
                and placement.capped_exit_date > scope.start_date
        where placement.stay_start_date is not null
        group by placement.authority, placement.person_key, placement.stay_start_date
    ),

    stays_before as (
        select
            stays.authority,
            stays.person_key,
            stays.stay_start_date,
            count(*) as stays_in_12_months
        from stays
        inner join stays as earlier
            on
                stays.authority = earlier.authority
                and stays.person_key = earlier.person_key
                and earlier.entry_date < stays.entry_date
                and earlier.entry_date >= {{ add_months('stays.entry_date', -12) }}
        group by stays.authority, stays.person_key, stays.stay_start_date
    ),

    counted_stays as (
        select
            stays.authority,
            stays.person_key,
            stays.stay_start_date,
            stays.record_id,
            stays.district,
            stays.entry_date,
            stays.exit_date,
            stays.nights,
            1 + coalesce(stays_before.stays_in_12_months, 0) as ordinal,
            case
                when covering.has_district = 1 and covering.has_county = 1 then 'both'
                when covering.has_county = 1 then 'county'
                else 'district'
            end as tier,
            {{ who_knows('covering') }} as agreement
        from stays
        inner join covering_placements as covering
            on
                stays.authority = covering.authority
                and stays.person_key = covering.person_key
                and stays.stay_start_date = covering.stay_start_date
        left join stays_before
            on
                stays.authority = stays_before.authority
                and stays.person_key = stays_before.person_key
                and stays.stay_start_date = stays_before.stay_start_date
    )
{%- endmacro %}


{# Which systems know of it, from has_homelessness and has_form. #}
{% macro who_knows(relation) -%}
    case
        when {{ relation }}.has_homelessness = 1 and {{ relation }}.has_form = 1 then 'both_systems'
        when {{ relation }}.has_form = 1 then 'case_system_only'
        else 'housing_only'
    end
{%- endmacro %}


{#
    The people who spend the night of a day in temporary accommodation, as CTEs that end with `stays_now` (authority,
    person_key, record_id, day, tier, district, accommodation_type, agreement). `days` has authority and day. Of several
    placements that of reading 30's order holds (decision 8, reading 61).
#}
{% macro stays_now(placements, days, scope) -%}
    present as (
        select
            placement.authority,
            placement.person_key,
            placement.record_id,
            days.day,
            placement.source,
            placement.tier,
            placement.district,
            placement.accommodation_type,
            row_number() over (
                partition by placement.authority, placement.person_key, days.day
                order by
                    placement.entry_date asc,
                    case when placement.tier = 'district' then 0 else 1 end asc,
                    placement.district asc nulls last,
                    placement.record_id asc
            ) as place
        from {{ placements }} as placement
        inner join {{ days }} as days
            on
                placement.authority = days.authority
                and days.day >= placement.entry_date
                and days.day < coalesce(placement.exit_date, {{ end_of_time() }})
        inner join {{ ref('fct_scope') }} as scope
            on
                placement.authority = scope.authority
                and placement.person_key = scope.person_key
                and scope.scope = '{{ scope }}'
                and days.day >= scope.start_date
                and days.day < scope.end_date
    ),

    present_systems as (
        select
            authority,
            person_key,
            day,
            max(case when source = 'homelessness' then 1 else 0 end) as has_homelessness,
            max(case when source = 'form' then 1 else 0 end) as has_form
        from present
        group by authority, person_key, day
    ),

    stays_now as (
        select
            present.authority,
            present.person_key,
            present.record_id,
            present.day,
            present.tier,
            present.district,
            present.accommodation_type,
            {{ who_knows('present_systems') }} as agreement
        from present
        inner join present_systems
            on
                present.authority = present_systems.authority
                and present.person_key = present_systems.person_key
                and present.day = present_systems.day
        where present.place = 1
    )
{%- endmacro %}
