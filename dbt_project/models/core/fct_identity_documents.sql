{{ person_form('identity_documents', ['photo_or_birth_seen_on', 'ni_number_known_on', 'income_proof_seen_on']) }}
