{{ person_form('custody', [
    'entered_on',
    'planned_release_on',
    'resettlement_review_on',
    'address_on_release_known',
    'resettlement_reviewed_on',
    'released_on'
]) }}
