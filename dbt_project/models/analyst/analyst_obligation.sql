select
    promise.authority,
    promise.obligation_id,
    catalogue.title,
    promise.clause,
    promise.person_key,
    promise.record_id,
    promise.area_code,
    area.area_name,
    promise.trigger_date,
    promise.due_date,
    promise.met_date,
    promise.status,
    case
        when promise.status = 'late' then {{ days_between('promise.due_date', 'promise.met_date') }}
        when promise.status = 'overdue' then {{ days_between('promise.due_date', 'clock.as_at') }}
    end as days_late,
    promise.waived_reason
from {{ ref('obligation_status') }} as promise
inner join {{ ref('dim_clock') }} as clock
    on promise.authority = clock.authority
inner join {{ ref('obligations') }} as catalogue
    on
        promise.obligation_id = catalogue.obligation_id
        and catalogue.valid_to is null
left join {{ ref('dim_area') }} as area
    on
        promise.authority = area.authority
        and promise.area_code = area.area_code
