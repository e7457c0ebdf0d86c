{%- set half_years = 60 -%}

-- While registered, the housing section is asked for on the day of registration and each half year after it.
with steps as (
    {% for step in range(half_years + 1) -%}
        select {{ step }} as step
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor -%}
),

days as (
    select
        application.authority,
        application.person_key,
        application.record_id as application_record_id,
        application.scheme,
        application.application_ref,
        application.district,
        application.registered_on,
        application.closed_on,
        application.load_id,
        application.row_number,
        clock.as_at,
        steps.step,
        {{ add_months('application.registered_on', 'steps.step * 6') }} as trigger_date,
        {{ add_months('application.registered_on', '(steps.step - 1) * 6') }} as previous_date
    from {{ ref('fct_application') }} as application
    inner join {{ ref('dim_clock') }} as clock
        on application.authority = clock.authority
    cross join steps
)

select
    authority,
    person_key,
    {{ record_id('application', ['scheme', 'application_ref', 'trigger_date']) }} as record_id,
    application_record_id,
    district,
    step,
    trigger_date,
    case when step > 0 then previous_date end as previous_date,
    load_id,
    row_number
from days
where
    step = 0
    or (
        trigger_date <= as_at
        and (closed_on is null or closed_on > trigger_date)
    )
