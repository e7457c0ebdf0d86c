{{ person_form('pathway_plan', ['plan_date', 'shared_with_gss', 'review_date', 'housing_section_shared_on']) }}
