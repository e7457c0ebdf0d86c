{{ person_form('tenancy_training', ['completed_on']) }}
