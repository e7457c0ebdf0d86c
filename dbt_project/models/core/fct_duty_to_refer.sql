{{ person_form('duty_to_refer', ['known_on', 'district_gss', 'referred_on']) }}
