{{ person_form('housing_contact', [
    'contact_date',
    'district_gss',
    'contact_type',
    'adviser_present',
    'declined'
]) }}
