{{ person_form('consent', ['consent_given_on', 'authority_gss_or_agency', 'scope', 'consent_withdrawn_on']) }}
