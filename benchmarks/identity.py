"""How long linking takes: 10,000, 30,000 and 100,000 people, with three housing records for each.

Usage: `python benchmarks/identity.py [--people N …] [--threads N] [--spark MASTER]`; each size runs in a process of its
own. With `--spark` pairs are scored there.

What belongs here: making many people at once, with the mistakes that linking meets, and measuring `link` on them. What
does not: the quality of links, which `tests/unit/identity/test_known_links.py` holds to account on the real generator.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from measuring import Cost, measured, peak_of_children, run_measured

SIZES = (10_000, 30_000, 100_000)
RECORDS_EACH = 3
AIM_SECONDS, AIM_MIB = 180, 4096

# Names of three or four syllables, a few of them common and most rare, as real ones are.
_FILL = """
create schema landing;
create macro syllable(n) as ['ba', 'dor', 'el', 'fi', 'gha', 'hes', 'ju', 'ka', 'lor', 'mi', 'na', 'pel', 'quo', 'ra',
    'so', 'ta', 'ul', 've', 'wen', 'zo'][1 + cast(n % 20 as integer)];
create macro share(name, n) as (hash(name || '|' || n) % 1000000) / 1e6;
-- One in ten draws a name from the hundred commonest.
create macro drawn(name, n, rare) as cast(
    case when share(name || 'common', n) < 0.1 then floor(share(name, n) * 100) else floor(share(name, n) * rare) end
    as bigint
);
create macro named(number) as syllable(number) || syllable(number // 20) || syllable(number // 400)
    || syllable(number // 8000);
create table person as
select
    n, named(drawn('forename', n, 8000)) as forename, named(drawn('surname', n, 150000)) as surname,
    -- one in ten has an assigned birthday
    case when share('assigned', n) < 0.1 then make_date(2001 + cast(floor(share('year', n) * 9) as integer), 1, 1)
        else date '2001-01-01' + cast(floor(share('day', n) * 3287) as integer) end as born,
    'QQ' || lpad(cast(n % 1000000 as varchar), 6, '0') || 'ABCD'[1 + cast(n // 1000000 as integer)] as ni_number,
    'XK' || lpad(cast(cast(floor(share('home', n) * $people / 4) as bigint) as varchar), 6, '0') as home,
    'XK' || lpad(cast(cast(floor(share('before', n) * $people / 4) as bigint) as varchar), 6, '0') as before
from range($people) as numbers (n);
create table record as
select
    r, n,
    -- two in five are of somebody else: the same shares drawn once more
    case when share('stranger', r) < 0.4 then named(drawn('forename', -1 - r, 8000))
        when share('variant', r) < 0.15 then replace(replace(forename, 'k', 'kh'), 'a', 'e')
        else forename end as forename,
    case when share('stranger', r) < 0.4 then named(drawn('surname', -1 - r, 150000)) else surname end as surname,
    case when share('stranger', r) < 0.4 then date '1960-01-01' + cast(floor(share('day', -1 - r) * 18000) as integer)
        when share('slip', r) < 0.02 then born + 10
        else born end as born,
    case when share('ni', r) < 0.6 and share('stranger', r) >= 0.4 then ni_number end as ni_number,
    case when share('where', r) < 0.1 then null
        when share('stranger', r) < 0.4
            then 'XK' || lpad(cast(cast(floor(share('home', -1 - r) * $people / 4) as bigint) as varchar), 6, '0')
        when share('where', r) < 0.4 then before
        else home end as postcode
from (select n * $each + e as r, n from range($people) as numbers (n), range($each) as records (e)) as drawn_record
inner join person using (n);
create table landing.case_system__ssd_person as
select 'kent' as sender, 'kent' as authority, '' as load_id, n as row_number, date '2026-09-30' as data_date,
    cast('p' || n as varchar) as pers_person_id, forename as pers_forename, surname as pers_surname, 'm' as pers_sex,
    'WBRI' as pers_ethnicity, born as pers_dob, cast(null as date) as pers_death_date
from person;
create table landing.case_system__ssd_person__history as select * from landing.case_system__ssd_person;
create table landing.case_system__ssd_address as
select 'kent' as authority, cast('p' || n as varchar) as addr_person_id, home as addr_address_postcode,
    date '2025-01-01' as addr_address_start_date, cast(null as date) as addr_address_end_date from person
union all
select 'kent', cast('p' || n as varchar), before, date '2023-01-01', date '2025-01-01' from person;
create table landing.case_system__ssd_cla_placement (authority varchar, clap_person_id varchar,
    clap_cla_placement_postcode varchar, clap_cla_placement_start_date date, clap_cla_placement_end_date date);
create table landing.case_system__ssd_cla_episodes (authority varchar, clae_person_id varchar);
create table landing.case_system__ssd_care_leavers (authority varchar, clea_person_id varchar, data_date date,
    clea_care_leaver_personal_advisor varchar);
create table landing.case_system__ssd_care_leavers__history as select * from landing.case_system__ssd_care_leavers;
create table landing.case_system__ssd_immigration_status (authority varchar, immi_person_id varchar);
create table landing.case_system__ssd_immigration_status__history (authority varchar, immi_person_id varchar);
create table landing.case_system__annex_a_list_8__history (authority varchar, data_date date, child_unique_id varchar,
    sex varchar, ethnicity varchar, date_of_birth date, placement_postcode varchar);
create table landing.case_system__annex_a_list_9__history (authority varchar, data_date date, child_unique_id varchar,
    sex varchar, ethnicity varchar, date_of_birth date, allocated_personal_advisor varchar);
create table landing.case_system__ssda903_header__history (authority varchar, data_date date, child varchar,
    sex varchar, ethnic varchar, dob date);
create table landing.case_system__ssda903_episodes (authority varchar, child varchar, decom date, dec date,
    pl_post varchar);
create table landing.case_system__ssda903_uasc__history (authority varchar, child varchar);
create table landing.case_system__ssda903_oc3__history (authority varchar, data_date date, child varchar, dob date);
create table landing.protocol_forms__accommodation (authority varchar, person_id varchar, postcode varchar);
create table landing.protocol_forms__person_index (authority varchar, person_id varchar, forename varchar,
    surname varchar, other_names varchar, date_of_birth date, ni_number varchar, postcode varchar);
create table landing.lettings__applications as
select 'kent_homechoice' as sender, 'kent' as authority, date '2026-09-30' as data_date,
    cast('a' || r as varchar) as application_ref, forename, surname, born as date_of_birth, ni_number, postcode,
    'E07000106' as local_authority_gss, share('flag', r) < 0.3 as care_leaver_flag,
    cast(null as varchar) as care_leaver_of_gss, cast(null as varchar) as personal_adviser
from record where r % 3 > 0;
create table landing.lettings__applications__history as select * from landing.lettings__applications;
create table landing.homelessness__cases as
select 'E07000106' as sender, 'kent' as authority, date '2026-09-30' as data_date,
    cast('c' || r as varchar) as case_ref, forename, surname, born as date_of_birth, ni_number, postcode,
    'E07000106' as local_authority_gss,
    case when share('flag', r) < 0.2 then 'E10000016' end as care_leaver_of_gss
from record where r % 3 = 0;
drop table person;
drop table record;
"""


def link_once(people: int, threads: int, spark: str | None) -> tuple[Cost, dict[str, int]]:
    """Make the people and link them in this process; return what linking cost, making them not counted."""
    import duckdb  # noqa: PLC0415 - only the measured process needs it

    from pipelines.identity import RulesThenModel, link  # noqa: PLC0415
    from pipelines.identity.model import predict_here  # noqa: PLC0415
    from pipelines.scale.scoring import SparkPredictor  # noqa: PLC0415
    from pipelines.scale.spark import SparkSession  # noqa: PLC0415

    connection = duckdb.connect(config={"threads": str(threads)})
    filled = _FILL.replace("$people", str(people)).replace("$each", str(RECORDS_EACH))
    for statement in filled.split(";\n"):
        if statement.strip():
            connection.execute(statement)
    costs: list[Cost] = []
    with tempfile.TemporaryDirectory(prefix="lasting-homes-linking-") as folder:
        session = SparkSession(master=spark, driver_memory="4g", partitions=2 * threads) if spark else None
        predict = SparkPredictor(session, Path(folder)) if session else predict_here
        with measured("link", costs):
            report = link(connection, linker=RulesThenModel(threads=threads, predict=predict), key=b"benchmark")
    return costs[0], {"people": report.people, "records": report.records, **report.outcomes}


def main() -> int:
    """Measure every size in a process of its own and print the table."""
    parser = argparse.ArgumentParser(description="Measure linking at 10,000, 30,000 and 100,000 people.")
    parser.add_argument("--people", type=int, nargs="*", default=list(SIZES), help="the sizes")
    parser.add_argument("--threads", type=int, default=min(2, os.cpu_count() or 1), help="threads of DuckDB (2)")
    parser.add_argument("--spark", help="where Spark scores the pairs (local[2]); DuckDB without it")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        cost, counted = link_once(given.people[0], given.threads, given.spark)
        print(json.dumps({**cost.as_json(), **counted}))
        return 0
    print(
        f"{'people':>9}{'records':>10}{'seconds':>9}{'CPU':>8}{'peak MiB':>10}{'linked':>9}{'review':>8}"
        "  s per 10,000 records"
    )
    worst = False
    for people in given.people:
        command = [sys.executable, Path(__file__), "--one", "--people", str(people), "--threads", str(given.threads)]
        with peak_of_children() as peak:
            _, output = run_measured(f"link {people}", [*command, *(("--spark", given.spark) if given.spark else ())])
        found = json.loads(output)
        print(
            f"{people:>9,}{found['records']:>10,}{found['wall']:>9.1f}{found['cpu']:>8.1f}{peak[0]:>10,.0f}"
            f"{found['linked']:>9,}{found['review']:>8,}  {found['wall'] / found['records'] * 10_000:.2f}"
        )
        if people == max(SIZES):
            worst = found["wall"] > AIM_SECONDS or peak[0] > AIM_MIB
    said = ("missed" if worst else "met") if max(SIZES) in given.people else "not measured"
    print(f"aims at {max(SIZES):,} people: {AIM_SECONDS} s, {AIM_MIB:,} MiB: {said}")
    return int(worst)


if __name__ == "__main__":
    sys.exit(main())
