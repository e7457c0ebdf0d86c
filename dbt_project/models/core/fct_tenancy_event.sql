{{ person_form('tenancy_event', [
    'event_date',
    'tenancy_ref',
    'event',
    'severity',
    'reason',
    'raised_by',
    'tenancy_start'
]) }}
