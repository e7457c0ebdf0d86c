"""Generation: from a seed to a full inbox and the truth beside it.

What belongs here: the order of the steps and the calendar of files. What does not: any fact of a life or of a source.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import polars as pl

from pipelines.progress import Progress, silent
from pipelines.synthetic import (
    annex_a,
    bidding,
    case_system,
    core_logs,
    forms,
    homelessness,
    lettings,
    protocol,
    publications,
    returns,
)
from pipelines.synthetic.chance import stream
from pipelines.synthetic.childhood import draw_origin, grow_up
from pipelines.synthetic.crises import describe, tell
from pipelines.synthetic.days import birthday, month_ends, months_after, quarter_ends
from pipelines.synthetic.files import Delivery, Outbox, deliver, received, seen
from pipelines.synthetic.homelessness import HomelessApplicant
from pipelines.synthetic.homes import make_stranger_home, settle
from pipelines.synthetic.layouts import Layout, layout, scheme_like
from pipelines.synthetic.lettings import RegisteredApplicant
from pipelines.synthetic.lives import Life
from pipelines.synthetic.lives_truth import all_links, write_lives
from pipelines.synthetic.people import Person, care_leavers, stranger
from pipelines.synthetic.reference import Reference, reference
from pipelines.synthetic.registrations import (
    change_bands,
    finish,
    join_registers,
    letting,
    register,
    register_at_sixteen,
)
from pipelines.synthetic.rows import Row, plain_frame, to_frame
from pipelines.synthetic.tables import TABLES, Table
from pipelines.synthetic.truth import FILES, EmittedTruth, write

STRANGERS = 1.5  # for each linked record of the registers and homelessness files
EXPORTS = 4  # quarterly files of schemes and districts
SILENT_DISTRICT = "E07000114"  # Thanet does not send its last quarter
HISTORY_BEFORE = timedelta(days=180)  # schemes' and districts' lists reach back so far before the first snapshot
UPLOADING = "kent"  # keeps the bulk upload of its councils to CORE beside the export
MONTHLY_SCHEME = "select_move"  # sends its register each month of the last year, the others each quarter
RESENT = "ssd_care_leavers"  # Lancashire sends this file again for one month: the first was cut short

RowsOf = Callable[[Life, str], list[Row]]
CASE_RECORDS: dict[str, RowsOf] = {
    "ssd_person": case_system.person_rows,
    "ssd_cla_placement": case_system.placement_rows,
    "ssd_cla_episodes": case_system.episode_rows,
    "ssd_address": case_system.address_rows,
    "ssd_immigration_status": case_system.immigration_rows,
    "ssd_involvements": case_system.involvement_rows,
    "ssd_legal_status": case_system.legal_status_rows,
    "ssd_disability": case_system.disability_rows,
}
CASE_SYSTEMS = ("ssd", "annex_a", "ssda903", "ssd_and_ssda903")
MONTHLY = ("ssd_person", "ssd_cla_placement", "ssd_care_leavers")


@dataclass(frozen=True)
class GenerationSummary:
    """What a generation wrote.

    Attributes:
        files: files in the inbox, their `.meta.yml` not counted.
        rows: data rows in all files.
        rejected: rows that landing must reject.
        refused: cells that landing must refuse.
        people: authority -> true people in its case system at some time.
        linked: applications and cases of people whom a county knows.
        unlinked: applications and cases of others.
    """

    files: int
    rows: int
    rejected: int
    refused: int
    people: dict[str, int]
    linked: int
    unlinked: int


@dataclass(frozen=True)
class Calendar:
    """The data dates of the files: snapshots at month ends, quarterly tables at quarter ends, the last few exports."""

    snapshots: list[date]
    exports_kept: int = EXPORTS

    @property
    def quarters(self) -> list[date]:
        """Quarter ends within the history."""
        return quarter_ends(self.snapshots)

    @property
    def exports(self) -> list[date]:
        """Data dates of schemes' and districts' files."""
        return self.quarters[-self.exports_kept :]

    @property
    def half_years(self) -> list[date]:
        """Data dates of the lists to which little is added: every second one of the exports, the last included."""
        return self.exports[::-2][::-1]

    @property
    def since(self) -> date:
        """First day of schemes' and districts' lists."""
        return self.snapshots[0] - HISTORY_BEFORE


class Generator:
    """One generation; `run` does it."""

    def __init__(  # noqa: PLR0913 - what a generation is made of
        self,
        outbox: Outbox,
        calendar: Calendar,
        seed: int,
        progress: Progress,
        *,
        defects: float = 1.0,
        case_systems: Mapping[str, str] | None = None,
        authorities: Sequence[str] | None = None,
    ) -> None:
        """Take what every step needs; without `authorities` all that the seed has are generated."""
        self._case_systems = case_systems or {}
        self._outbox, self._calendar, self._seed, self._progress = outbox, calendar, seed, progress
        self._defects = defects
        self._ref: Reference = reference()
        self.authorities = tuple(authorities or self._ref.county)
        self.lives: dict[str, list[Life]] = {}
        self.applicants: dict[str, list[RegisteredApplicant]] = defaultdict(list)
        self.cases: dict[str, list[HomelessApplicant]] = defaultdict(list)

    def run(self, people: int | None) -> None:
        """Draw the lives, then write every source's files."""
        as_at = self._calendar.snapshots[-1]
        years = as_at.year - self._calendar.snapshots[0].year
        for authority in self.authorities:
            self.lives[authority] = [
                live(person, self._ref, self._seed, as_at)
                for person in care_leavers(self._seed, authority, people, as_at, defects=self._defects, years=years)
                if birthday(person.born, 25) > self._calendar.snapshots[0]
            ]
            self._progress("generate", f"{len(self.lives[authority]):,} lives in {authority}")
        self._register_people(as_at)
        self._open_cases(as_at)
        for authority in self.authorities:
            self._write_case_system(authority)
            self._write_forms(authority)
            self._progress("generate", f"case system and forms of {authority} written")
        self._write_lettings()
        self._progress("generate", f"registers of {len(self.applicants)} schemes written")
        self._write_homelessness()
        self._progress("generate", f"homelessness files of {len(self._districts)} districts written")
        self._write_core()
        if UPLOADING in self.authorities:
            self._write_upload()
            self._write_published()
        self._progress("generate", "lettings logs and published tables written")

    @property
    def _districts(self) -> list[str]:
        return [district for authority in self.authorities for district in self._ref.districts[authority]]

    @property
    def _schemes(self) -> list[str]:
        return [scheme for scheme, of in self._ref.scheme_authority.items() if of in self.authorities]

    @property
    def _everybody(self) -> list[Life]:
        return [life for authority in self.authorities for life in self.lives[authority]]

    def _register_people(self, as_at: date) -> None:
        early: dict[str, list[RegisteredApplicant]] = defaultdict(list)
        for life in self._everybody:
            for index, made in enumerate(life.registrations):
                if made.scheme in self._schemes and (made.closed is None or made.closed > self._calendar.since):
                    chance = stream(self._seed, "applicant", life.person.person, index)
                    known = postcodes_until(life, made.registered_on)
                    into = early if made.at_sixteen else self.applicants
                    into[made.scheme].append(RegisteredApplicant(life.person, made, self._ref, chance, known))
        for scheme in self._schemes:
            for index in range(round(len(self.applicants[scheme]) * STRANGERS)):
                self.applicants[scheme].append(self._strange_applicant(scheme, index, as_at))
            chance = stream(self._seed, "register order", scheme)
            chance.shuffle(self.applicants[scheme])
            self.applicants[scheme] += early[scheme]
            for index, one in enumerate(self.applicants[scheme]):
                one.made.ref = APPLICATION_REFS[scheme_like(scheme)].format(10_400 + index * 3)
                change_bands(stream(self._seed, "bands", scheme, one.made.ref), one.made, self._ref)
            lettings.number_offers(self.applicants[scheme], scheme[:2].upper())

    def _strange_applicant(self, scheme: str, index: int, as_at: date) -> RegisteredApplicant:
        name = f"{scheme}-{index}"
        person = stranger(self._seed, scheme, index, as_at, defects=self._defects)
        chance = stream(self._seed, "stranger's registration", name)
        served = [district for district, of in self._ref.scheme_of.items() if of == scheme]
        district = chance.choice(served)
        registered = chance.between(self._calendar.since - timedelta(days=300), as_at)
        made = register(chance, self._ref, district, registered, leaver=False)
        housed = None
        if chance.happens(0.3):
            home = make_stranger_home(chance, self._ref, district, registered + timedelta(days=45) + chance.length(200))
            housed = letting(chance, home, district)
            housed.home = home
        finish(chance, made, housed, as_at)
        known = [self._ref.postcode(chance, chance.choice(served)) for _ in range(2)]
        return RegisteredApplicant(person, made, self._ref, chance, known)

    def _open_cases(self, as_at: date) -> None:
        here = set(self._districts)
        for life in self._everybody:
            for index, case in enumerate(life.cases):
                if case.district in here and self._calendar.since <= case.application_on:
                    chance = stream(self._seed, "case", life.person.person, index)
                    known = postcodes_until(life, case.application_on)
                    self.cases[str(case.district)].append(
                        HomelessApplicant(life.person, case, self._ref, chance, known)
                    )
        for district in self._districts:
            for index in range(round(len(self.cases[district]) * STRANGERS)):
                self.cases[district].append(self._strange_case(district, index, as_at))
            self.cases[district].sort(key=lambda one: (one.case.application_on, one.person.person))
            form = CASE_REFS[layout(district, TABLES["cases"]).headers["case_ref"]]
            for number, one in enumerate(self.cases[district], start=1):
                one.case.ref = form.format(int(district[-3:]) * 10_000 + number)
        self._forget_lost_origins()

    def _forget_lost_origins(self) -> None:
        """A case whose origin is in no file names none."""
        for one in (one for cases in self.cases.values() for one in cases):
            if one.case.reopened is not None and not one.case.reopened.ref:
                one.case.reopened = None

    def _strange_case(self, district: str, index: int, as_at: date) -> HomelessApplicant:
        person = stranger(self._seed, f"homelessness-{district}", index, as_at, defects=self._defects)
        chance = stream(self._seed, "stranger's case", district, index)
        day = chance.between(self._calendar.since, as_at)
        case = tell(chance, self._ref, district, day, not_before=self._calendar.since).case
        describe(case, chance, person, from_care=False, last_code="U")
        known = [self._ref.postcode(chance, district) for _ in range(2)]
        return HomelessApplicant(person, case, self._ref, chance, known)

    def _put(self, plan: Layout, frame: pl.DataFrame, data_date: date, *, suffix: str = "", later: int = 0) -> None:
        last = data_date == self._calendar.snapshots[-1]
        arrived = received(self._seed, plan.sender, data_date, last=last) + timedelta(days=later)
        self._outbox.put(plan, frame, deliver(plan, data_date, arrived, frame.height, suffix=suffix))

    def _put_all(self, sender: str, table: Table, rows: list[Row], dates: list[date]) -> None:
        plan = layout(sender, table)
        frame = to_frame(rows, plan, self._seed)
        for data_date in dates:
            self._put(plan, seen(frame, data_date), data_date)

    def _write_case_system(self, authority: str) -> None:
        """Write what the county's case system sends."""
        kind = self._case_systems.get(authority, "ssd")
        if kind == "annex_a":
            self._write_lists(authority)
        if kind in ("ssd", "ssd_and_ssda903"):
            self._write_dataset(authority)
        if kind in ("ssda903", "ssd_and_ssda903"):
            ends = returns.year_ends(self._calendar.snapshots)
            self._write_returns(authority, ends if kind == "ssda903" else ends[-2:])

    def _write_lists(self, authority: str) -> None:
        """Write Ofsted's workbook each quarter; Kent's first year has the older layout of List 9, of 13 columns."""
        lives = self.lives[authority]
        makers = [(life, case_system.LeaverRows(life, authority, layout(authority, TABLES[RESENT]))) for life in lives]
        plans = {name: layout(authority, TABLES[name]) for name in annex_a.SHEETS}
        for number, day in enumerate(self._calendar.quarters):
            now = plans
            if self._ref.pattern[authority] == "kent" and number < len(self._calendar.quarters) // 3:
                now = plans | {"annex_a_list_9": annex_a.thirteen_columns(plans["annex_a_list_9"])}
            rows = {
                "annex_a_list_8": [row for life in lives for row in annex_a.in_care(life, authority, day)],
                "annex_a_list_9": [
                    row
                    for life, maker in makers
                    for row in annex_a.leaving_care(maker, life, authority, day, now["annex_a_list_9"])
                ],
            }
            last = day == self._calendar.snapshots[-1]
            delivery = Delivery(f"Annex A {day}.xlsx", day, received(self._seed, authority, day, last=last), False)
            frames = {
                name: self._outbox.spoilt(now[name], to_frame(found, now[name], self._seed), delivery)
                for name, found in rows.items()
            }
            content = annex_a.workbook(frames, now, day)
            for name, frame in frames.items():
                self._outbox.put_made(TABLES[name], authority, frame, delivery, content, header_row=1)

    def _write_returns(self, authority: str, ends: list[date]) -> None:
        """Write the yearly returns: Kent's as one XML document a year, Lancashire's as four CSV files."""
        for year_end in ends:
            found = returns.children(self.lives[authority], authority, year_end)
            arrived = datetime.combine(returns.arrived(year_end), time(11, 0), tzinfo=UTC)
            document = returns.xml_bytes(found, year_end.year) if self._ref.pattern[authority] == "kent" else None
            for name in returns.FILES:
                frame = plain_frame(returns.rows_of(found, name), TABLES[name])
                content = document or returns.csv_bytes(found, name, year_end.year)
                file_name = f"{'SSDA903' if document else name} {year_end}.{'xml' if document else 'csv'}"
                delivery = Delivery(file_name, year_end, arrived, False)
                self._outbox.put_made(TABLES[name], authority, frame, delivery, content, header_row=1)

    def _write_dataset(self, authority: str) -> None:
        lives = [life for life in self._everybody if life.person.ids_in(authority)]
        for name, rows_of in CASE_RECORDS.items():
            own = [life for life in lives if name == "ssd_person" or life.person.authority == authority]
            rows = [row for life in own for row in rows_of(life, authority)]
            dates = self._calendar.snapshots if name in MONTHLY else self._calendar.quarters
            self._put_all(authority, TABLES[name], rows, dates)
        self._write_care_leavers(authority, lives)

    def _write_care_leavers(self, authority: str, lives: list[Life]) -> None:
        """Write the snapshots one by one; Lancashire's file of the third month from the end comes short, and again."""
        plan = layout(authority, TABLES[RESENT])
        makers = [case_system.LeaverRows(life, authority, plan) for life in lives]
        for data_date in self._calendar.snapshots:
            frame = to_frame([row for maker in makers for row in maker.at(data_date)], plan, self._seed)
            if self._ref.pattern[authority] == "lancashire" and data_date == self._calendar.snapshots[-3:][0]:
                self._put(plan, frame.head(int(frame.height * 0.97)), data_date)
                self._put(plan, frame, data_date, suffix=" resent", later=2)
            else:
                self._put(plan, frame, data_date)

    def _write_forms(self, authority: str) -> None:
        launched, as_at = self._calendar.snapshots[0] - timedelta(days=29), self._calendar.snapshots[-1]
        lives = self.lives[authority]
        rows = [row for life in lives for row in forms.form_rows(life, launched)]
        self._put_all(authority, TABLES["accommodation"], rows, self._calendar.quarters)
        filled = protocol.fill(authority, lives, self._ref, self._seed, (launched, as_at))
        for name in protocol.FORMS:
            dates = self._calendar.half_years if name in protocol.QUIET else self._calendar.exports
            self._put_all(authority, TABLES[name], filled[name], dates)

    def _write_lettings(self) -> None:
        exports = self._calendar.exports
        for scheme, applicants in self.applicants.items():
            months = self._calendar.snapshots[-12:] if scheme == MONTHLY_SCHEME else exports
            self._put_all(scheme, TABLES["applications"], lettings.application_rows(applicants, months), months)
            offers = lettings.offer_rows(applicants, exports, self._calendar.since)
            self._put_all(scheme, TABLES["offers"], offers, exports)
            rows = bidding.bid_rows(applicants, self._seed, layout(scheme, TABLES["bids"]).outcomes, exports[-1])
            self._put_all(scheme, TABLES["bids"], rows, self._calendar.half_years)
            ended = bidding.ended_rows(applicants, self._seed, self._calendar.since)
            self._put_all(scheme, TABLES["tenancies_ended"], ended, self._calendar.half_years)

    def _applicants_of(self, authority: str) -> list[RegisteredApplicant]:
        schemes = [scheme for scheme, of in self._ref.scheme_authority.items() if of == authority]
        return [one for scheme in schemes for one in self.applicants[scheme]]

    def _write_core(self) -> None:
        """Write the exports of CORE, one for each county and collection."""
        table = TABLES["lettings_log"]
        for number, authority in enumerate(self.authorities, start=1):
            for data_date in self._calendar.half_years:
                year = core_logs.collection(data_date)
                plan = core_logs.export_layout(layout(authority, table), year)
                rows = core_logs.log_rows(self._applicants_of(authority), self._seed, year, str(number))
                self._put(plan, seen(to_frame(rows, plan, self._seed), data_date), data_date)

    def _write_upload(self) -> None:
        """Write the bulk upload that one county's councils sent to CORE."""
        last, table = self._calendar.snapshots[-1], TABLES["lettings_bulk_upload"]
        uploaded = core_logs.bulk_rows(self._applicants_of(UPLOADING), self._seed)
        frame = plain_frame([row for row in uploaded if row.seen_from <= last], table)
        delivery = Delivery(
            f"lettings bulk upload {last}.csv", last, received(self._seed, UPLOADING, last, last=True), False
        )
        content = core_logs.bulk_bytes(frame)
        self._outbox.put_made(table, UPLOADING, frame, delivery, content, header_row=core_logs.BULK_HEADER_ROW)

    def _write_published(self) -> None:
        """Write what DfE and MHCLG would publish of these lives by the last day of the run."""
        lives = {
            gss: self.lives[authority]
            for authority in self.authorities
            if (gss := self._ref.county[authority]) in publications.COUNTY_REGION
        }
        for released in publications.releases(self._calendar.snapshots[-1]):
            for one in publications.DFE:
                plan = layout("dfe", TABLES[one.table])
                frame = to_frame(publications.dfe_rows(one, lives, released), plan, self._seed)
                self._put(plan, frame, released, suffix=" invented")
        table = TABLES["statutory_homelessness"]
        for end in publications.published_quarters(self._calendar.quarters):
            content, rows = publications.workbook(self.cases, end)
            arrived = min(months_after(end, 4), self._calendar.snapshots[-1]) + timedelta(days=3)
            name = f"Statutory_Homelessness_Detailed_Local_Authority_Data_{end:%Y%m}_invented.xlsx"
            delivery = Delivery(name, end, datetime.combine(arrived, time(9, 30), tzinfo=UTC), False)
            self._outbox.put_made(table, "mhclg", plain_frame(rows, table), delivery, content, header_row=1)

    def _write_homelessness(self) -> None:
        for district in self._districts:
            exports = self._calendar.exports
            if district == SILENT_DISTRICT and len(exports) > 1:
                exports = exports[:-1]
            cases = self.cases[district]
            needs = homelessness.need_rows(cases, exports, layout(district, TABLES["support_needs"]))
            self._put_all(district, TABLES["cases"], homelessness.case_rows(cases, exports), exports)
            self._put_all(district, TABLES["support_needs"], needs, exports)
            self._put_all(district, TABLES["placements"], homelessness.placement_rows(cases, exports), exports)


APPLICATION_REFS = {
    "kent_homechoice": "KH{:07d}",
    "select_move": "{:06d}",
    "b_with_us": "BW{:08d}",
    "myhomechoice_fylde_coast": "FC-{}",
    "west_lancs_homefinder": "{:08d}",
    "ideal_choice_homes": "ICH/{:05d}",
}
# by each product's header of the reference
CASE_REFS = {
    "Case Ref": "HPA{:08d}",
    "Case Number": "{:09d}",
    "UniqueCaseId": "HU-{}",
    "Homelessness Case Reference": "C{}",
}


def live(person: Person, ref: Reference, seed: int, as_at: date) -> Life:
    """Return the life of a person up to the as-at date."""
    life = Life(person, as_at, seed)
    grow_up(life, ref, stream(seed, "childhood", person.person))
    draw_origin(life, ref, stream(seed, "origin", person.person))
    settle(life, ref, stream(seed, "homes", person.person))
    join_registers(life, ref, stream(seed, "registers", person.person))
    register_at_sixteen(life, ref, stream(seed, "registered at sixteen", person.person))
    return life


def postcodes_until(life: Life, day: date) -> list[str]:
    """Return the postcodes of a life's placements and homes begun by `day`, the present one last."""
    placed = [one.postcode for one in life.placements if one.start <= day]
    return placed[-2:] + [home.postcode for home in life.homes if home.start <= day and home.postcode]


def generate(  # noqa: PLR0913 - the seam fixes these
    inbox: Path,
    truth: Path,
    *,
    people: int | None = None,
    seed: int = 1,
    as_at: date = date(2026, 9, 30),
    months: int = 36,
    defects: float = 1.0,
    case_systems: Mapping[str, str] | None = None,
    progress: Progress = silent,
) -> GenerationSummary:
    """Write realistic, obviously fake extracts for both counties, and the truth about them.

    Args:
        inbox: folder that receives `<family>/<sender>/<file>` and its `.meta.yml`.
        truth: folder that receives `emitted/`, `lives/`, `people.parquet`, `links.parquet`; the pipeline never
            reads it.
        people: number per county aged 17 to 24 on the as-at date; None is the counties' real sizes.
        seed: the same seed and size give the same bytes.
        as_at: the last month end of the files.
        months: number of monthly snapshots.
        defects: how many times the usual rates people are written down wrongly (names, birthdays, NI numbers,
            postcodes, flags, second ids); a rate never passes 1.
        case_systems: authority -> what its case system sends: `ssd` (the default), `annex_a` (Ofsted's workbook
            instead), `ssda903` (the yearly return alone) or `ssd_and_ssda903` (the dataset and two years' returns).
        progress: told of each step.
    """
    emitted = EmittedTruth(truth / "emitted")
    outbox = Outbox(inbox, emitted, seed)
    unknown = set((case_systems or {}).values()) - set(CASE_SYSTEMS)
    if unknown:
        raise ValueError(f"No such case system: {', '.join(sorted(unknown))}. There are {', '.join(CASE_SYSTEMS)}.")
    calendar = Calendar(month_ends(as_at, months))
    generator = Generator(outbox, calendar, seed, progress, defects=defects, case_systems=case_systems)
    try:
        generator.run(people)
    finally:
        emitted.close()
    lives = [life for found in generator.lives.values() for life in found]
    links = all_links(lives, generator.applicants, generator.cases)
    write_lives(truth, lives, links)
    write(truth / "files.parquet", outbox.delivered, FILES)
    outside = [row["person"] is not None for row in links if row["family"] != "case_system"]
    return GenerationSummary(
        files=outbox.files,
        rows=emitted.rows,
        rejected=emitted.rejected,
        refused=emitted.refused,
        people={authority: len(lives) for authority, lives in generator.lives.items()},
        linked=sum(outside),
        unlinked=len(outside) - sum(outside),
    )
