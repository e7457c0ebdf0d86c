{{ person_form('panel', ['panel_date', 'district_gss', 'attended', 'planned_destination']) }}
