select
    sender as district,
    case_ref,
    application_on,
    assessed_on,
    initial_assessment,
    prevention_start,
    prevention_end,
    prevention_end_reason,
    prevention_accommodation,
    relief_start,
    relief_end,
    relief_end_reason,
    relief_accommodation,
    main_duty_decision,
    main_duty_decided_on,
    main_duty_end,
    main_duty_end_reason,
    reopened_from,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'homelessness__cases') }}
where application_on <= data_date
