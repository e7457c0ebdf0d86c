with months as (
    {{ calendar_months(var('calendar_first_month'), var('calendar_last_month')) }}
),

quarterly as (
    select
        period.authority,
        period.period_start as trigger_date,
        period.last_day as due_date
    from {{ ref('dim_period') }} as period
    where period.period_kind = 'quarter'
),

-- Kent's protocol is also reviewed each year, to the end of April.
yearly as (
    select
        clock.authority,
        {{ add_months('months.month_start', -11) }} as trigger_date,
        {{ add_days(add_months('months.month_start', 1), -1) }} as due_date
    from {{ ref('dim_clock') }} as clock
    inner join months
        on
            extract(month from months.month_start) = 4
            and {{ add_days(add_months('months.month_start', 1), -1) }} >= clock.monitoring_from
            and {{ add_days(add_months('months.month_start', 1), -1) }}
            <= {{ add_days('clock.as_at', var('obligation_days_ahead')) }}
    where clock.protocol_letter = 'K'
),

reviews_due as (
    select * from quarterly
    union all
    select * from yearly
),

first_reviews as (
    select
        reviews_due.authority,
        reviews_due.due_date,
        min(review.review_date) as review_date
    from reviews_due
    inner join {{ ref('fct_protocol_review') }} as review
        on
            reviews_due.authority = review.authority
            and reviews_due.trigger_date <= review.review_date
            and reviews_due.due_date >= review.review_date
    group by reviews_due.authority, reviews_due.due_date
)

select
    obligations.obligation_id,
    reviews_due.authority,
    cast(null as string) as person_key,
    county.area_code,
    obligations.clause,
    reviews_due.trigger_date,
    reviews_due.due_date,
    first_reviews.review_date as met_date,
    cast(null as string) as waived_reason,
    1 as quantity,
    {{ record_id('authority', ['reviews_due.authority', 'reviews_due.due_date']) }} as record_id
from reviews_due
inner join {{ ref('dim_clock') }} as clock
    on reviews_due.authority = clock.authority
inner join {{ ref('dim_area') }} as county
    on
        reviews_due.authority = county.authority
        and county.area_type = 'county'
inner join {{ ref('obligations') }} as obligations
    on
        obligations.obligation_id = 'protocol_review'
        and obligations.valid_to is null
        and ' ' || obligations.letters || ' ' like '% ' || clock.protocol_letter || ' %'
left join first_reviews
    on
        reviews_due.authority = first_reviews.authority
        and reviews_due.due_date = first_reviews.due_date
