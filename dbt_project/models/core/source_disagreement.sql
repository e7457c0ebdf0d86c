{%- set day_facts = ['eligibility', 'in_touch', 'activity', 'accommodation_code', 'suitability'] -%}

-- What each source says of a person, as it stands: two sources are asked about the earlier of their data dates.
with person_facts as (
    select
        this.authority,
        this.person_key,
        this.fact,
        least(this.data_date, other.data_date) as valid_on,
        this.source,
        other.source as other_source,
        case when this.fact <> 'date_of_birth' then this.fact_value end as fact_value,
        case when this.fact <> 'date_of_birth' then other.fact_value end as other_value,
        this.data_date,
        other.data_date as other_data_date,
        this.load_id,
        this.row_number,
        other.load_id as other_load_id,
        other.row_number as other_row_number
    from {{ ref('fct_person_statement') }} as this
    inner join {{ ref('fct_person_statement') }} as other
        on
            this.authority = other.authority
            and this.person_key = other.person_key
            and this.fact = other.fact
            and this.place < other.place
            and this.fact_value <> other.fact_value
    where
        this.source <> 'person_index'
        and other.source <> 'person_index'
        and not this.says_not_known
        and not other.says_not_known
),

people_of_several_sources as (
    select
        authority,
        person_key
    from {{ ref('fct_care_leaver_row') }}
    group by authority, person_key
    having count(distinct source) > 1
),

rows_to_compare as (
    select care_leaver.*
    from {{ ref('fct_care_leaver_row') }} as care_leaver
    inner join people_of_several_sources as person
        on
            care_leaver.authority = person.authority
            and care_leaver.person_key = person.person_key
    where care_leaver.is_chosen
),

told_days as (
    {% for fact in day_facts -%}
        select
            authority,
            person_key,
            source,
            data_date,
            '{{ fact }}' as fact,
            {{ fact }} as fact_value,
            {{ "accommodation_code" if fact == 'suitability' else "''" }} as about,
            load_id,
            row_number
        from rows_to_compare
        where
            {{ fact }} is not null
            {% if fact == 'eligibility' -%}
                and source <> 'ssda903'
            {% endif -%}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

days_in_order as (
    select
        authority,
        person_key,
        source,
        {{ source_rank('source') }} as source_rank,
        data_date,
        fact,
        fact_value,
        about,
        load_id,
        row_number,
        lead(data_date) over (
            partition by authority, person_key, source, fact
            order by data_date
        ) as next_data_date,
        lead(fact_value) over (
            partition by authority, person_key, source, fact
            order by data_date
        ) as next_value
    from told_days
),

same_day as (
    select
        this.authority,
        this.person_key,
        this.fact,
        this.data_date as valid_on,
        this.source,
        other.source as other_source,
        this.fact_value,
        other.fact_value as other_value,
        this.data_date,
        other.data_date as other_data_date,
        this.load_id,
        this.row_number,
        other.load_id as other_load_id,
        other.row_number as other_row_number
    from days_in_order as this
    inner join days_in_order as other
        on
            this.authority = other.authority
            and this.person_key = other.person_key
            and this.fact = other.fact
            and this.data_date = other.data_date
            and this.source_rank < other.source_rank
            and this.fact_value <> other.fact_value
            and this.about = other.about
),

-- Rows close around a day that say the same speak of the day between; what is told on the day itself counts.
between_days as (
    select
        this.authority,
        this.person_key,
        this.fact,
        this.data_date as valid_on,
        this.source,
        other.source as other_source,
        this.fact_value,
        other.fact_value as other_value,
        this.data_date,
        other.data_date as other_data_date,
        this.load_id,
        this.row_number,
        other.load_id as other_load_id,
        other.row_number as other_row_number
    from days_in_order as this
    inner join days_in_order as other
        on
            this.authority = other.authority
            and this.person_key = other.person_key
            and this.fact = other.fact
            and this.source <> other.source
            and this.data_date > other.data_date
            and this.data_date < other.next_data_date
            and {{ days_between('other.data_date', 'other.next_data_date') }} <= {{ var('days_of_one_statement') }}
            and other.fact_value = other.next_value
            and this.fact_value <> other.fact_value
            and this.about = other.about
),

placement_sources as (
    select
        authority,
        person_key,
        source,
        max(data_date) as data_date
    from {{ ref('fct_care_placement_row') }}
    group by authority, person_key, source
),

placement_pairs as (
    select
        this.authority,
        this.person_key,
        this.source,
        other.source as other_source,
        this.data_date,
        other.data_date as other_data_date,
        least(this.data_date, other.data_date) as valid_on
    from placement_sources as this
    inner join placement_sources as other
        on
            this.authority = other.authority
            and this.person_key = other.person_key
            and (
                this.data_date > other.data_date
                or (
                    this.data_date = other.data_date
                    and {{ source_rank('this.source') }} < {{ source_rank('other.source') }}
                )
            )
),

-- Of each source the placement begun last by that day says whether the person was in one.
placements_of_pair as (
    select
        pair.authority,
        pair.person_key,
        pair.source as counting_source,
        pair.other_source,
        placement.source,
        case when placement.end_date > pair.valid_on then 'yes' else 'no' end as fact_value,
        placement.load_id,
        placement.row_number,
        row_number() over (
            partition by pair.authority, pair.person_key, pair.source, pair.other_source, placement.source
            order by placement.start_date desc, placement.end_date desc, placement.record_id asc
        ) as place
    from placement_pairs as pair
    inner join {{ ref('fct_care_placement_row') }} as placement
        on
            pair.authority = placement.authority
            and pair.person_key = placement.person_key
            and placement.source in (pair.source, pair.other_source)
            and placement.start_date <= pair.valid_on
),

in_care_placements as (
    select
        pair.authority,
        pair.person_key,
        'in_care_placement' as fact,
        pair.valid_on,
        pair.source,
        pair.other_source,
        coalesce(this.fact_value, 'no') as fact_value,
        coalesce(other.fact_value, 'no') as other_value,
        pair.data_date,
        pair.other_data_date,
        this.load_id,
        this.row_number,
        other.load_id as other_load_id,
        other.row_number as other_row_number
    from placement_pairs as pair
    left join placements_of_pair as this
        on
            pair.authority = this.authority
            and pair.person_key = this.person_key
            and pair.source = this.counting_source
            and pair.other_source = this.other_source
            and pair.source = this.source
            and this.place = 1
    left join placements_of_pair as other
        on
            pair.authority = other.authority
            and pair.person_key = other.person_key
            and pair.source = other.counting_source
            and pair.other_source = other.other_source
            and pair.other_source = other.source
            and other.place = 1
    where coalesce(this.fact_value, 'no') <> coalesce(other.fact_value, 'no')
)

select * from person_facts
union all
select * from same_day
union all
select * from between_days
union all
select * from in_care_placements
