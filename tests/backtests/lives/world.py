"""The small world in which the hand-made lives are lived: its senders, its deliveries and its canonical columns.

What belongs here: what every life shares. What does not: any life, any rule of the definitions page.

Every table of the case system is delivered at the end of five quarters, everything else at the end of two; each
delivery arrives two days after its data date. Tunbridge Wells missed the last one.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

KENT, LANCASHIRE = "kent", "lancashire"

SEP_2025, DEC_2025, MAR_2026, JUN_2026, SEP_2026 = SNAPSHOT_DATES = (
    date(2025, 9, 30),
    date(2025, 12, 31),
    date(2026, 3, 31),
    date(2026, 6, 30),
    date(2026, 9, 30),
)
HOUSING_DATES = (JUN_2026, SEP_2026)

ASHFORD, CANTERBURY, DARTFORD, DOVER, GRAVESHAM, MAIDSTONE = (f"E070001{n:02d}" for n in range(5, 11))
SEVENOAKS, FOLKESTONE, SWALE, THANET, TONBRIDGE, TUNBRIDGE_WELLS = (f"E070001{n}" for n in range(11, 17))
BURNLEY, CHORLEY, FYLDE, HYNDBURN, LANCASTER, PENDLE = (f"E070001{n}" for n in range(17, 23))
PRESTON, RIBBLE_VALLEY, ROSSENDALE, SOUTH_RIBBLE, WEST_LANCASHIRE, WYRE = (f"E070001{n}" for n in range(23, 29))
MEDWAY = "E06000035"
KENT_COUNTY, LANCASHIRE_COUNTY = "E10000016", "E10000017"
OUTSIDE, UNKNOWN = "outside_county", "unknown"

DISTRICTS = tuple(f"E070001{n:02d}" for n in range(5, 29))
KENT_HOMECHOICE, SELECT_MOVE, B_WITH_US = "kent_homechoice", "select_move", "b_with_us"
SCHEMES = (
    KENT_HOMECHOICE,
    SELECT_MOVE,
    B_WITH_US,
    "myhomechoice_fylde_coast",
    "west_lancs_homefinder",
    "ideal_choice_homes",
)

LATE_SENDERS = {TUNBRIDGE_WELLS: JUN_2026}
"""Sender → the data date of its last delivery, where that is not the last of all."""

BEFORE_LAST_DELIVERY = datetime(2026, 7, 15, 12, tzinfo=UTC)
"""A moment at which only the deliveries up to June 2026 had been received."""


def received_at(data_date: date) -> datetime:
    """When a delivery arrives: two days after its data date, at six."""
    return datetime(data_date.year, data_date.month, data_date.day, 6, tzinfo=UTC) + timedelta(days=2)


def delivery_dates(family: str, sender: str) -> tuple[date, ...]:
    """The data dates of a sender's deliveries."""
    dates = SNAPSHOT_DATES if family == "case_system" else HOUSING_DATES
    return tuple(day for day in dates if day <= LATE_SENDERS.get(sender, day))


_FORM = ("record_id", "recorded_on", "withdrawn")
_FORM_OF_PERSON = (*_FORM, "person_id")

TABLES: dict[tuple[str, str], tuple[str, ...]] = {
    ("case_system", "ssd_person"): (
        "pers_person_id",
        "pers_forename",
        "pers_surname",
        "pers_sex",
        "pers_ethnicity",
        "pers_dob",
        "pers_death_date",
    ),
    ("case_system", "ssd_care_leavers"): (
        "clea_table_id",
        "clea_person_id",
        "clea_care_leaver_eligibility",
        "clea_care_leaver_in_touch",
        "clea_care_leaver_latest_contact",
        "clea_care_leaver_accommodation",
        "clea_care_leaver_accommodation_tenure",
        "clea_care_leaver_accom_suitable",
        "clea_care_leaver_activity",
        "clea_pathway_plan_review_date",
        "clea_care_leaver_personal_advisor",
    ),
    ("case_system", "ssd_cla_placement"): (
        "clap_cla_placement_id",
        "clap_cla_id",
        "clap_person_id",
        "clap_cla_placement_start_date",
        "clap_cla_placement_type",
        "clap_cla_placement_postcode",
        "clap_cla_placement_end_date",
    ),
    ("case_system", "ssd_cla_episodes"): (
        "clae_cla_episode_id",
        "clae_person_id",
        "clae_cla_episode_start_date",
        "clae_cla_episode_ceased_date",
        "clae_cla_episode_ceased_reason",
        "clae_entered_care_date",
    ),
    ("case_system", "ssd_address"): (
        "addr_table_id",
        "addr_person_id",
        "addr_address_start_date",
        "addr_address_end_date",
        "addr_address_postcode",
    ),
    ("case_system", "ssd_immigration_status"): (
        "immi_immigration_status_id",
        "immi_person_id",
        "immi_immigration_status",
        "immi_immigration_status_start_date",
        "immi_immigration_status_end_date",
    ),
    ("case_system", "ssd_involvements"): (
        "invo_involvements_id",
        "invo_person_id",
        "invo_professional_id",
        "invo_professional_role_id",
        "invo_involvement_start_date",
        "invo_involvement_end_date",
    ),
    ("case_system", "ssd_disability"): ("disa_table_id", "disa_person_id", "disa_disability_code"),
    ("protocol_forms", "accommodation"): (
        "record_id",
        "recorded_on",
        "withdrawn",
        "person_id",
        "start_date",
        "end_date",
        "accommodation_code",
        "tenure",
        "suitability",
        "sub_type",
        "postcode",
        "district_gss",
        "placed_by",
        "end_reason",
    ),
    ("protocol_forms", "bnb_approval"): (
        *_FORM_OF_PERSON,
        "entry_date",
        "approved_by_role",
        "approved_on",
        "adviser_told_on",
        "art_referred_on",
        "temporary_accommodation_refused_on",
        "reason",
    ),
    ("protocol_forms", "consent"): (
        *_FORM_OF_PERSON,
        "consent_given_on",
        "consent_withdrawn_on",
        "authority_gss_or_agency",
        "scope",
    ),
    ("protocol_forms", "custody"): (
        *_FORM_OF_PERSON,
        "entered_on",
        "planned_release_on",
        "released_on",
        "resettlement_review_on",
        "address_on_release_known",
    ),
    ("protocol_forms", "duty_to_refer"): (*_FORM_OF_PERSON, "known_on", "referred_on", "district_gss"),
    ("protocol_forms", "escalation"): (
        *_FORM_OF_PERSON,
        "dispute_id",
        "raised_on",
        "stage",
        "stage_date",
        "resolved_on",
        "district_gss",
    ),
    ("protocol_forms", "home_survey"): (
        *_FORM_OF_PERSON,
        "asked_on",
        "answered_on",
        "feels_safe",
        "rates_home_positively",
    ),
    ("protocol_forms", "housing_contact"): (
        *_FORM_OF_PERSON,
        "contact_date",
        "district_gss",
        "contact_type",
        "adviser_present",
        "declined",
    ),
    ("protocol_forms", "identity_documents"): (
        *_FORM_OF_PERSON,
        "photo_or_birth_seen_on",
        "ni_number_known_on",
        "income_proof_seen_on",
    ),
    ("protocol_forms", "intentionality"): (
        *_FORM_OF_PERSON,
        "case_ref",
        "district_gss",
        "considered_on",
        "decided_on",
        "adviser_told_on",
        "young_person_told_on",
        "outcome",
    ),
    ("protocol_forms", "local_connection"): (
        *_FORM_OF_PERSON,
        "origin_gss",
        "host_gss",
        "basis",
        "long_term_settled",
        "decided_on",
    ),
    ("protocol_forms", "panel"): (
        *_FORM_OF_PERSON,
        "panel_date",
        "district_gss",
        "attended",
        "planned_destination",
    ),
    ("protocol_forms", "partner_return"): (*_FORM, "district_gss", "quarter", "received_on"),
    ("protocol_forms", "pathway_plan"): (
        *_FORM_OF_PERSON,
        "plan_date",
        "review_date",
        "housing_section_shared_on",
        "shared_with_gss",
    ),
    ("protocol_forms", "protocol_review"): (*_FORM, "review_date", "forum"),
    ("protocol_forms", "readiness"): (
        *_FORM_OF_PERSON,
        "tenancy_ready_on",
        "bedroom_need",
        "preferred_district_gss",
        "planned_move_date",
        "planned_destination",
    ),
    ("protocol_forms", "second_chance"): (
        *_FORM_OF_PERSON,
        "tenancy_ref",
        "assessed_on",
        "outcome",
        "rebanded_on",
        "arrears_plan_on",
        "arrears_cleared_on",
    ),
    ("protocol_forms", "spoc"): (*_FORM, "district_gss", "name", "email", "from_date", "to_date"),
    ("protocol_forms", "tenancy_event"): (
        *_FORM_OF_PERSON,
        "tenancy_ref",
        "tenancy_start",
        "event",
        "event_date",
        "severity",
        "reason",
        "raised_by",
        "adviser_told_on",
        "housing_told_on",
        "amount_gbp",
    ),
    ("protocol_forms", "tenancy_training"): (*_FORM_OF_PERSON, "course", "completed_on"),
    ("lettings", "bids"): ("application_ref", "advert_ref", "bid_on", "outcome"),
    ("lettings", "tenancies_ended"): ("tenancy_ref", "ended_on", "reason"),
    ("lettings", "applications"): (
        "application_ref",
        "forename",
        "surname",
        "date_of_birth",
        "ni_number",
        "postcode",
        "local_authority_gss",
        "registered_on",
        "effective_on",
        "band",
        "band_on",
        "priority_requested_on",
        "better_alternative_on",
        "status",
        "status_on",
        "renewed_on",
        "care_leaver_flag",
        "care_leaver_of_gss",
        "personal_adviser",
        "bedroom_need",
        "local_connection_refused_on",
        "kent_agency_assessment_on",
    ),
    ("lettings", "offers"): (
        "offer_ref",
        "application_ref",
        "property_ref",
        "offered_on",
        "route",
        "response",
        "responded_on",
        "refusal_reasonable",
        "sign_up_on",
        "tenancy_start",
        "tenancy_ref",
        "needs_type",
        "bedrooms",
        "local_authority_gss",
    ),
    ("homelessness", "cases"): (
        "case_ref",
        "local_authority_gss",
        "forename",
        "surname",
        "date_of_birth",
        "ni_number",
        "postcode",
        "application_on",
        "assessed_on",
        "initial_assessment",
        "reason_for_loss",
        "accommodation_at_application",
        "referral_body",
        "household_type",
        "priority_need",
        "care_leaver_of_gss",
        "adviser_involved_on",
        "prevention_start",
        "prevention_end",
        "prevention_end_reason",
        "prevention_accommodation",
        "relief_start",
        "relief_end",
        "relief_end_reason",
        "relief_accommodation",
        "personal_housing_plan_on",
        "main_duty_decision",
        "main_duty_decided_on",
        "main_duty_end",
        "main_duty_end_reason",
        "reopened_from",
    ),
    ("homelessness", "support_needs"): ("case_ref", "support_need"),
    ("homelessness", "placements"): (
        "case_ref",
        "placement_ref",
        "accommodation_type",
        "entry_on",
        "exit_on",
        "out_of_district",
        "placed_in_gss",
    ),
}
"""(family, table) → canonical columns, as `docs/seams.md` lists them."""

_OTHER_DATES = {"pers_dob", "date_of_birth", "clea_care_leaver_latest_contact"}


def _is_date(column: str) -> bool:
    """Dates are told by their names in these extracts."""
    return column.endswith(("_on", "_date", "_start", "_end")) or column in _OTHER_DATES


DATE_COLUMNS = frozenset(column for columns in TABLES.values() for column in columns if _is_date(column))
BOOLEAN_COLUMNS = frozenset(
    {
        "withdrawn",
        "care_leaver_flag",
        "refusal_reasonable",
        "out_of_district",
        "address_on_release_known",
        "feels_safe",
        "rates_home_positively",
        "adviser_present",
        "declined",
        "long_term_settled",
    }
)
INTEGER_COLUMNS = frozenset({"bedroom_need", "bedrooms"})
NUMBER_COLUMNS = frozenset({"amount_gbp"})
NAMES_IN_TRUTH = {"outcome": "canonical_outcome"}
"""Columns that the truth folder calls otherwise, because it has one of that name itself."""
