"""The tables that the generator writes: columns, their types, keys and dates, as `docs/seams.md` lists them.

What belongs here: that list, read independently of the contracts so that each can be checked against the other. What
does not: headers and spellings (layouts.yml).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "date", "integer", "boolean", "code", "postcode"]


@dataclass(frozen=True)
class Field:
    """One canonical column; `bold` ones reject the row when missing (`needed`) or unreadable."""

    name: str
    kind: Kind
    code_list: str | None
    bold: bool
    needed: bool


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
    """Read one word: `*` bold, `?` may be blank, `:type` with text by default, `code=list`."""
    name, _, kind = word.partition(":")
    kind, _, code_list = kind.partition("=")
    bold, optional = name.startswith("*"), name.endswith("?")
    name = name.strip("*?")
    if kind == "code" and not code_list:
        code_list = name
    return Field(name, kind or "text", code_list or None, bold, bold and not optional)  # type: ignore[arg-type]


def _table(family: str, name: str, key: str, words: str, period: str = "") -> Table:
    pair = period.split()
    return Table(
        family=family,
        name=name,
        key=tuple(key.split()),
        fields=tuple(_field(word) for word in words.split()),
        period=(pair[0], pair[1]) if pair else None,
    )


_ALL = (
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
        " clea_care_leaver_accommodation:code=accommodation clea_care_leaver_accommodation_tenure:code=tenure"
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
    _table(
        "protocol_forms",
        "accommodation",
        "record_id",
        "*record_id *recorded_on:date withdrawn:boolean *person_id *start_date:date *end_date?:date"
        " accommodation_code:code=accommodation tenure:code suitability:code sub_type:code postcode:postcode"
        " district_gss placed_by:code end_reason:code=tenancy_end_reason",
        "start_date end_date",
    ),
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
TABLES: dict[str, Table] = {table.name: table for table in _ALL}
