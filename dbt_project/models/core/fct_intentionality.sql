{{ person_form('intentionality', [
    'considered_on',
    'case_ref',
    'district_gss',
    'outcome',
    'decided_on',
    'adviser_told_on',
    'young_person_told_on'
]) }}
