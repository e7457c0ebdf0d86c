"""A hand-made home with consents that really landed, and a warehouse of the few tables that a share reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from pipelines.contracts import Contracts
from pipelines.landing import land
from pipelines.landing.as_known import attach_current_rows, known_loads
from pipelines.settings import Home

CORE = """
create schema identity;
create schema core;
create table identity.person_alias as
select * from (
    values ('kent', 'K1', 'key1'), ('kent', 'K2', 'key2'), ('kent', 'K3', 'key3')
) as t (authority, person_id, person_key);
create table core.dim_clock as select 'kent' as authority, date '2026-09-30' as as_at;
create table core.dim_area as
select 'kent' as authority, 'E07000106' as area_code, 'Canterbury' as area_name, 'district' as area_type
union all select 'kent', 'E07000108', 'Dover', 'district';
create table core.dim_person as
select 'kent' as authority, person_key, date '2006-05-04' as date_of_birth from identity.person_alias;
create table core.fct_readiness (person_key varchar, planned_move_date date);
create table core.fct_duty_to_refer (person_key varchar, district_gss varchar, referred_on date);
insert into core.fct_duty_to_refer values ('key1', 'E07000106', '2026-08-01');
create table core.fct_application as
select * from (
    values
    ('key1', 'A1', date '2025-01-01', 'active', 'E07000106'),
    ('key1', 'A9', date '2025-02-01', 'active', 'E07000108'),
    ('key2', 'A2', date '2025-03-01', 'active', 'E07000106')
) as t (person_key, application_ref, registered_on, status, district);
create table core.fct_homelessness_case as
select 'key1' as person_key, 'C1' as case_ref, date '2026-07-01' as application_on, 'E07000106' as district;
"""
HEADER = "record_id,recorded_on,withdrawn,person_id,consent_given_on,consent_withdrawn_on,authority_gss_or_agency,scope"
PEOPLE = """pers_person_id,pers_forename,pers_surname,pers_sex,pers_ethnicity,pers_dob,pers_death_date
K1,Zephina,Testerby,F,WBRI,2006-05-04,
K2,Quillon,Fakeham,M,WBRI,2006-05-04,
K3,Ivelora,Mockford,F,WBRI,2006-05-04,
"""


@dataclass
class Council:
    """A home whose consents are rewritten from delivery to delivery, and its warehouse."""

    home: Home
    contracts: Contracts
    deliveries: int = 0

    def deliver(self, *consents: str) -> None:
        """Land the form with these rows, a day after the one before."""
        self.deliveries += 1
        folder = self.home.inbox / "protocol_forms" / "kent"
        folder.mkdir(parents=True, exist_ok=True)
        name = f"consent_2026-09-{self.deliveries:02}.csv"
        (folder / name).write_text("\n".join([HEADER, *consents]) + "\n", "utf-8")
        people = self.home.inbox / "case_system" / "kent" / "ssd_person_2026-09-01.csv"
        people.parent.mkdir(parents=True, exist_ok=True)
        if self.deliveries == 1:
            people.write_text(PEOPLE, "utf-8")
        report = land(
            self.home, self.contracts, now=datetime(2026, 9, self.deliveries, 9, tzinfo=UTC), settle_seconds=0
        )
        assert {file.outcome for file in report.files} == {"landed"}, report.summary()

    def build(self) -> duckdb.DuckDBPyConnection:
        """Return a warehouse of everything that has landed."""
        warehouse = duckdb.connect()
        loads = known_loads(self.home, datetime.max.replace(tzinfo=UTC))
        attach_current_rows(warehouse, self.home, self.contracts, loads)
        warehouse.execute(CORE)
        return warehouse
