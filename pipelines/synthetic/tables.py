"""The tables that the generator writes: columns, their types, keys and dates, as `docs/seams.md` lists them.

What belongs here: that list, read independently of the contracts so that each can be checked against the other. What
does not: headers and spellings (layouts.yml).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "date", "timestamp", "integer", "number", "boolean", "code", "postcode"]


@dataclass(frozen=True)
class Field:
    """One canonical column.

    Attributes:
        bold: whether it rejects the row when missing (`needed`) or unreadable.
        derived: whether another column's cell says it, so that it has no header of its own.
    """

    name: str
    kind: Kind
    code_list: str | None
    bold: bool
    needed: bool
    derived: bool


@dataclass(frozen=True)
class Table:
    """One extract; `period` names the two dates of the rule end_before_start."""

    family: str
    name: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    period: tuple[str, str] | None

    @property
    def columns(self) -> list[str]:
        """Canonical column names, in order."""
        return [field.name for field in self.fields]


def _field(word: str) -> Field:
    """Read one word: `*` bold, `?` may be blank, `~` derived, `:type` with text by default, `code=list`."""
    name, _, kind = word.partition(":")
    kind, _, code_list = kind.partition("=")
    bold, derived, optional = name.startswith("*"), name.startswith("~"), name.endswith("?")
    name = name.strip("*?~")
    if kind == "code" and not code_list:
        code_list = name
    return Field(name, kind or "text", code_list or None, bold, bold and not optional, derived)  # type: ignore[arg-type]


def _table(family: str, name: str, key: str, words: str, period: str = "") -> Table:
    pair = period.split()
    return Table(
        family=family,
        name=name,
        key=tuple(key.split()),
        fields=tuple(_field(word) for word in words.split()),
        period=(pair[0], pair[1]) if pair else None,
    )


_RECORD = "*record_id *recorded_on:date withdrawn:boolean "


def _form(name: str, words: str, period: str = "") -> Table:
    """Return a form about people."""
    return _table("protocol_forms", name, "record_id", f"{_RECORD} *person_id {words}", period)


def _list(name: str, words: str, period: str = "") -> Table:
    """Return a form about the partnership, which names nobody."""
    return _table("protocol_forms", name, "record_id", _RECORD + words, period)


_OWN = (
    _table(
        "case_system",
        "ssd_person",
        "pers_person_id",
        "*pers_person_id pers_forename pers_surname pers_sex:code=sex pers_ethnicity:code=ethnicity pers_dob:date"
        " pers_death_date:date",
    ),
    _table(
        "case_system",
        "ssd_care_leavers",
        "",
        "clea_table_id *clea_person_id clea_care_leaver_eligibility:code=eligibility"
        " clea_care_leaver_in_touch:code=in_touch clea_care_leaver_latest_contact:date"
        " clea_care_leaver_accommodation:code=accommodation ~clea_care_leaver_accommodation_tenure:code=tenure"
        " clea_care_leaver_accom_suitable:code=suitability clea_care_leaver_activity:code=activity"
        " clea_pathway_plan_review_date:date clea_care_leaver_personal_advisor",
    ),
    _table(
        "case_system",
        "ssd_cla_placement",
        "clap_cla_placement_id",
        "*clap_cla_placement_id clap_cla_id *clap_person_id *clap_cla_placement_start_date:date"
        " clap_cla_placement_type:code=placement_type clap_cla_placement_postcode:postcode"
        " *clap_cla_placement_end_date?:date",
        "clap_cla_placement_start_date clap_cla_placement_end_date",
    ),
    _table(
        "case_system",
        "ssd_cla_episodes",
        "clae_cla_episode_id",
        "*clae_cla_episode_id *clae_person_id *clae_cla_episode_start_date:date *clae_cla_episode_ceased_date?:date"
        " clae_cla_episode_ceased_reason:code=episode_ceased_reason clae_entered_care_date:date",
        "clae_cla_episode_start_date clae_cla_episode_ceased_date",
    ),
    _table(
        "case_system",
        "ssd_address",
        "addr_table_id",
        "*addr_table_id *addr_person_id *addr_address_start_date:date *addr_address_end_date?:date"
        " addr_address_postcode:postcode",
        "addr_address_start_date addr_address_end_date",
    ),
    _table(
        "case_system",
        "ssd_immigration_status",
        "immi_immigration_status_id",
        "*immi_immigration_status_id *immi_person_id immi_immigration_status:code=immigration_status"
        " immi_immigration_status_start_date:date immi_immigration_status_end_date:date",
    ),
    _table(
        "case_system",
        "ssd_involvements",
        "invo_involvements_id",
        "*invo_involvements_id *invo_person_id invo_professional_id invo_professional_role_id:code=involvement_role"
        " *invo_involvement_start_date:date *invo_involvement_end_date?:date",
        "invo_involvement_start_date invo_involvement_end_date",
    ),
    _table(
        "case_system",
        "ssd_legal_status",
        "lega_legal_status_id",
        "*lega_legal_status_id *lega_person_id lega_legal_status:code=legal_status *lega_legal_status_start_date:date"
        " *lega_legal_status_end_date?:date",
        "lega_legal_status_start_date lega_legal_status_end_date",
    ),
    _table(
        "case_system",
        "ssd_disability",
        "disa_table_id",
        "*disa_table_id *disa_person_id disa_disability_code:code=disability",
    ),
    _form(
        "accommodation",
        "*start_date:date *end_date?:date accommodation_code:code=accommodation tenure:code suitability:code"
        " sub_type:code postcode:postcode district_gss placed_by:code end_reason:code=tenancy_end_reason",
        "start_date end_date",
    ),
    _form(
        "person_index",
        "forename surname other_names date_of_birth:date ni_number postcode:postcode valid_from:date",
    ),
    _form("pathway_plan", "*plan_date:date review_date:date housing_section_shared_on:date shared_with_gss"),
    _form(
        "consent",
        "*consent_given_on:date *consent_withdrawn_on?:date authority_gss_or_agency scope:code=consent_scope",
        "consent_given_on consent_withdrawn_on",
    ),
    _form("identity_documents", "photo_or_birth_seen_on:date ni_number_known_on:date income_proof_seen_on:date"),
    _form("tenancy_training", "course *completed_on:date"),
    _form(
        "housing_contact",
        "*contact_date:date district_gss contact_type:code adviser_present:boolean declined:boolean",
    ),
    _form("local_connection", "origin_gss host_gss basis long_term_settled:boolean *decided_on:date"),
    _form(
        "panel",
        "*panel_date:date district_gss attended:code=panel_attendance planned_destination:code=kind_of_home",
    ),
    _form(
        "readiness",
        "tenancy_ready_on:date bedroom_need:integer preferred_district_gss planned_move_date:date"
        " planned_destination:code=kind_of_home",
    ),
    _form(
        "tenancy_event",
        "tenancy_ref tenancy_start:date event:code=tenancy_event *event_date:date severity:code"
        " reason:code=tenancy_end_reason raised_by:code adviser_told_on:date housing_told_on:date amount_gbp:number",
    ),
    _form(
        "second_chance",
        "tenancy_ref *assessed_on:date outcome:code=second_chance_outcome rebanded_on:date arrears_plan_on:date"
        " arrears_cleared_on:date",
    ),
    _form(
        "custody",
        "*entered_on:date planned_release_on:date *released_on?:date resettlement_review_on:date"
        " address_on_release_known:boolean",
        "entered_on released_on",
    ),
    _form(
        "bnb_approval",
        "*entry_date:date approved_by_role approved_on:date adviser_told_on:date art_referred_on:date"
        " temporary_accommodation_refused_on:date reason",
    ),
    _form("duty_to_refer", "*known_on:date referred_on:date district_gss"),
    _form(
        "intentionality",
        "case_ref district_gss *considered_on:date decided_on:date adviser_told_on:date young_person_told_on:date"
        " outcome:code=intentionality_outcome",
    ),
    _form(
        "escalation",
        "dispute_id *raised_on:date stage:code=escalation_stage stage_date:date resolved_on:date district_gss",
    ),
    _form("home_survey", "*asked_on:date answered_on:date feels_safe:boolean rates_home_positively:boolean"),
    _list("spoc", "*district_gss name email *from_date:date *to_date?:date", "from_date to_date"),
    _list("protocol_review", "*review_date:date forum"),
    _list("partner_return", "*district_gss *quarter *received_on:date"),
    _list("commentary", "*area *quarter *text"),
    _list("action_log", "*area *quarter *text owner due_on:date done_on:date"),
    _table(
        "lettings",
        "applications",
        "application_ref",
        "*application_ref forename surname date_of_birth:date ni_number postcode:postcode local_authority_gss"
        " *registered_on:date effective_on:date band band_on:date priority_requested_on:date better_alternative_on:date"
        " status:code=application_status status_on:date renewed_on:date care_leaver_flag:boolean care_leaver_of_gss"
        " personal_adviser bedroom_need:integer local_connection_refused_on:date kent_agency_assessment_on:date",
    ),
    _table(
        "lettings",
        "offers",
        "offer_ref",
        "*offer_ref *application_ref property_ref *offered_on:date route:code=letting_route"
        " response:code=offer_response responded_on:date refusal_reasonable:boolean sign_up_on:date tenancy_start:date"
        " tenancy_ref needs_type:code=needs_type bedrooms:integer local_authority_gss",
    ),
    _table("lettings", "bids", "application_ref advert_ref", "*application_ref *advert_ref *bid_on:date outcome"),
    _table("lettings", "tenancies_ended", "tenancy_ref", "*tenancy_ref *ended_on:date reason:code=tenancy_end_reason"),
    _table(
        "homelessness",
        "cases",
        "case_ref",
        "*case_ref local_authority_gss forename surname date_of_birth:date ni_number postcode:postcode"
        " *application_on:date assessed_on:date initial_assessment:code reason_for_loss:code"
        " accommodation_at_application:code referral_body:code household_type:code priority_need:code"
        " care_leaver_of_gss adviser_involved_on:date prevention_start:date prevention_end:date"
        " prevention_end_reason:code prevention_accommodation:code=accommodation_secured"
        " relief_start:date relief_end:date relief_end_reason:code relief_accommodation:code=accommodation_secured"
        " personal_housing_plan_on:date main_duty_decision:code"
        " main_duty_decided_on:date main_duty_end:date main_duty_end_reason:code reopened_from",
    ),
    _table("homelessness", "support_needs", "case_ref support_need", "*case_ref *support_need:code"),
    _table(
        "homelessness",
        "placements",
        "case_ref placement_ref",
        "*case_ref *placement_ref accommodation_type:code=temporary_accommodation_type *entry_on:date *exit_on?:date"
        " out_of_district:boolean placed_in_gss",
        "entry_on exit_on",
    ),
)
_FIGURE = " number:number ~number_status:code=figure_status percentage:number ~percentage_status:code=figure_status"
_WHERE = "*time_period *geographic_level *country_gss region_gss local_authority_gss "
_OF_OTHERS = (
    _table(
        "core",
        "lettings_log",
        "id",
        "*id status *updated_at:timestamp collection_start_year:integer owning_organisation_name needstype lettype"
        " renewal startdate:date rsnvac beds:integer la tenancy age1:integer reason prevten homeless cbl cap chr"
        " accessible_register referral scheme_primary_client_group scheme_type referral_type referral_register"
        " referral_noms referral_org",
    ),
    _table(
        "core",
        "lettings_bulk_upload",
        "owning_organisation tenancycode startdate",
        "*collection_start_year:integer *owning_organisation needstype renewal *startdate:date *tenancycode propcode"
        " rsnvac beds:integer la tenancy age1:integer reason prevten homeless cbl cap chr accessible_register referral",
    ),
    _table(
        "published",
        "care_leavers_accommodation",
        "time_period geographic_level country_gss region_gss local_authority_gss age cla_group measure"
        " accommodation_type",
        _WHERE + "*age cla_group measure *accommodation_type" + _FIGURE,
    ),
    _table(
        "published",
        "care_leavers_in_touch",
        "time_period geographic_level country_gss region_gss local_authority_gss age in_touch",
        _WHERE + "*age *in_touch" + _FIGURE,
    ),
    _table(
        "published",
        "care_leavers_suitability",
        "time_period geographic_level country_gss region_gss local_authority_gss age accommodation_suitability",
        _WHERE + "*age *accommodation_suitability" + _FIGURE,
    ),
    _table(
        "published",
        "statutory_homelessness",
        "table_id period_end area_gss measure",
        "*table_id table_title period *period_end:date *area_gss *measure value:number"
        " ~value_status:code=figure_status source_cell",
    ),
)
TABLES: dict[str, Table] = {table.name: table for table in (*_OWN, *_OF_OTHERS)}
