{{ person_form('bnb_approval', ['entry_date', 'approved_on', 'adviser_told_on']) }}
