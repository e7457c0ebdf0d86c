"""A hand-made schema `landing`: the seam's columns, and only the rows that a test puts in."""

from datetime import date
from typing import Any

import duckdb

PROVENANCE = (
    "sender varchar, authority varchar, load_id varchar, row_number bigint, data_date date, received_at timestamptz"
)
TABLES = {
    "case_system__ssd_person": "pers_person_id varchar, pers_forename varchar, pers_surname varchar, pers_sex varchar, "
    "pers_ethnicity varchar, pers_dob date, pers_death_date date",
    "case_system__ssd_care_leavers": "clea_table_id varchar, clea_person_id varchar, "
    "clea_care_leaver_personal_advisor varchar",
    "case_system__ssd_cla_placement": "clap_cla_placement_id varchar, clap_person_id varchar, "
    "clap_cla_placement_postcode varchar, clap_cla_placement_start_date date, clap_cla_placement_end_date date",
    "case_system__ssd_cla_episodes": "clae_cla_episode_id varchar, clae_person_id varchar",
    "case_system__ssd_address": "addr_table_id varchar, addr_person_id varchar, addr_address_postcode varchar, "
    "addr_address_start_date date, addr_address_end_date date",
    "case_system__ssd_immigration_status": "immi_immigration_status_id varchar, immi_person_id varchar",
    "case_system__annex_a_list_8": "child_unique_id varchar, sex varchar, ethnicity varchar, date_of_birth date, "
    "placement_postcode varchar",
    "case_system__annex_a_list_9": "child_unique_id varchar, sex varchar, ethnicity varchar, date_of_birth date, "
    "allocated_personal_advisor varchar",
    "case_system__ssda903_header": "child varchar, sex varchar, ethnic varchar, dob date",
    "case_system__ssda903_episodes": "child varchar, decom date, dec date, pl_post varchar",
    "case_system__ssda903_uasc": "child varchar",
    "case_system__ssda903_oc3": "child varchar, dob date",
    "protocol_forms__person_index": "person_id varchar, forename varchar, surname varchar, other_names varchar, "
    "date_of_birth date, ni_number varchar, postcode varchar, valid_from date",
    "protocol_forms__accommodation": "record_id varchar, person_id varchar, postcode varchar, start_date date",
    "lettings__applications": "application_ref varchar, forename varchar, surname varchar, date_of_birth date, "
    "ni_number varchar, postcode varchar, local_authority_gss varchar, care_leaver_flag boolean, "
    "care_leaver_of_gss varchar, personal_adviser varchar",
    "homelessness__cases": "case_ref varchar, forename varchar, surname varchar, date_of_birth date, "
    "ni_number varchar, postcode varchar, local_authority_gss varchar, care_leaver_of_gss varchar",
}
WITH_HISTORY = (
    "case_system__ssd_person",
    "case_system__ssd_care_leavers",
    "case_system__ssd_immigration_status",
    "case_system__annex_a_list_8",
    "case_system__annex_a_list_9",
    "case_system__ssda903_header",
    "case_system__ssda903_uasc",
    "case_system__ssda903_oc3",
    "lettings__applications",
)
BORN = date(2006, 3, 14)


class LandingSchema:
    """Schema `landing` in memory, filled row by row."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("create schema landing")
        for table, columns in TABLES.items():
            self.connection.execute(f"create table landing.{table} ({PROVENANCE}, {columns})")
            if table in WITH_HISTORY:
                self.connection.execute(f"create table landing.{table}__history ({PROVENANCE}, {columns})")

    def add(self, table: str, **values: Any) -> None:
        columns = ", ".join(values)
        slots = ", ".join("?" for _ in values)
        self.connection.execute(f"insert into landing.{table} ({columns}) values ({slots})", list(values.values()))

    def person(
        self,
        person_id: str,
        forename: str | None = "Bramric",
        surname: str | None = "Mockton",
        *,
        born: date | None = BORN,
        sex: str | None = None,
        postcodes: tuple[str, ...] = (),
        authority: str = "kent",
        earlier_surnames: tuple[str, ...] = (),
        died: date | None = None,
    ) -> None:
        """One case-system id with its present name, its earlier surnames and its address history."""
        values = {
            "sender": authority,
            "authority": authority,
            "pers_person_id": person_id,
            "pers_forename": forename,
            "pers_sex": sex,
            "pers_dob": born,
            "pers_death_date": died,
        }
        self.add("case_system__ssd_person", **values, pers_surname=surname)
        for name in (*earlier_surnames, surname):
            self.add("case_system__ssd_person__history", **values, pers_surname=name)
        for postcode in postcodes:
            self.add(
                "case_system__ssd_address",
                sender=authority,
                authority=authority,
                addr_table_id=f"{person_id}-{postcode}",
                addr_person_id=person_id,
                addr_address_postcode=postcode,
            )

    def application(
        self,
        ref: str,
        forename: str | None = "Bramric",
        surname: str | None = "Mockton",
        *,
        born: date | None = BORN,
        ni_number: str | None = None,
        postcode: str | None = None,
        earlier_postcode: str | None = None,
        sender: str = "kent_homechoice",
    ) -> None:
        values = {
            "sender": sender,
            "application_ref": ref,
            "forename": forename,
            "surname": surname,
            "date_of_birth": born,
            "ni_number": ni_number,
        }
        self.add("lettings__applications", **values, postcode=postcode)
        for shown in (earlier_postcode, postcode):
            self.add("lettings__applications__history", **values, postcode=shown)

    def case(
        self,
        ref: str,
        forename: str | None = "Bramric",
        surname: str | None = "Mockton",
        *,
        born: date | None = BORN,
        ni_number: str | None = None,
        postcode: str | None = None,
        sender: str = "E07000106",
    ) -> None:
        self.add(
            "homelessness__cases",
            sender=sender,
            case_ref=ref,
            forename=forename,
            surname=surname,
            date_of_birth=born,
            ni_number=ni_number,
            postcode=postcode,
        )

    def keys(self) -> dict[tuple[str, str], str]:
        """Person key by (authority, person id)."""
        rows = self.connection.execute("select authority, person_id, person_key from identity.person_alias").fetchall()
        return {(authority, person_id): key for authority, person_id, key in rows}

    def links(self) -> dict[str, tuple[str | None, str]]:
        """(Person id of the linked person's first alias or None, method) by source ref."""
        rows = self.connection.execute(
            """
            select source_ref, min(alias.person_id), method
            from identity.person_link as link
            left join identity.person_alias as alias using (person_key)
            group by source_ref, method
            """
        ).fetchall()
        return {ref: (person, method) for ref, person, method in rows}
