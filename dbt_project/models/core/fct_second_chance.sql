{{ person_form('second_chance', [
    'assessed_on',
    'outcome',
    'rebanded_on',
    'arrears_plan_on',
    'arrears_cleared_on'
]) }}
