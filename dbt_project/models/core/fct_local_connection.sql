{{ person_form('local_connection', ['decided_on', 'origin_gss', 'host_gss']) }}
