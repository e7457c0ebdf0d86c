{{ person_form('readiness', [
    'recorded_on',
    'preferred_district_gss',
    'planned_move_date',
    'planned_destination',
    'tenancy_ready_on'
]) }}
