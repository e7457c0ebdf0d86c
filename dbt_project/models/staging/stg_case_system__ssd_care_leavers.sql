select
    sender as authority,
    clea_person_id as person_id,
    clea_care_leaver_eligibility as eligibility,
    clea_care_leaver_in_touch as in_touch,
    clea_care_leaver_latest_contact as latest_contact,
    clea_care_leaver_accommodation as accommodation_code,
    clea_care_leaver_accommodation_tenure as tenure,
    clea_care_leaver_accom_suitable as suitability,
    clea_care_leaver_activity as activity,
    clea_pathway_plan_review_date as pathway_plan_review_date,
    clea_care_leaver_personal_advisor as personal_adviser,
    data_date,
    load_id,
    row_number
from {{ source('landing', 'case_system__ssd_care_leavers__history') }}
