"""The heart: the stages of a refresh, one method each, in the order in which data passes through them.

What it promises: each stage leaves what it made on disk; `published` changes only when every invariant held; the same
stores, configuration and `as_known_at` give the same figures. Dagster's assets call these methods one by one, tests
call `refresh`.

What belongs here: the order of the stages, and what one hands to the next. What does not: what a stage does (its own
folder), Dagster (each stage's `assets.py`), Great Expectations (given as `judge` by `pipelines.definitions`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from pipelines.contracts import CORROBORATING_FAMILIES, Contracts, load_contracts
from pipelines.disclosure import FigureReport, Rule, write_figures
from pipelines.identity import (
    Linker,
    LinkQuality,
    LinkReport,
    RulesThenModel,
    Thresholds,
    evaluate,
    link,
    record_affected_figures,
    record_person_changes,
)
from pipelines.identity import decisions as link_decisions
from pipelines.landing import LandingReport, Load, land
from pipelines.landing.as_known import attach_current_rows, known_loads
from pipelines.landing.senders import authorities_of_senders
from pipelines.landing.store import current_generation
from pipelines.operation.deliveries import DeliveriesError, expected, late
from pipelines.progress import Progress, silent
from pipelines.protection import trail
from pipelines.release.editions import PUBLIC, editions_hold
from pipelines.release.ledger import Release, released
from pipelines.release.restatements import write_restatements
from pipelines.rendering import Rendered, render
from pipelines.scale.engine import models_made_by_spark
from pipelines.scale.scoring import configured_predictor
from pipelines.settings import LONDON, Home, Settings, end_of_day_in_london
from pipelines.warehouse import judgements
from pipelines.warehouse.analyst import write_analyst_database
from pipelines.warehouse.build import Build, discard_half_builds, open_build, retain
from pipelines.warehouse.database import can_be_read, open_for_reading, open_for_writing
from pipelines.warehouse.dbt import DbtReport, ParsedProject, run_dbt
from pipelines.warehouse.holds import BY_THE_CHECKS, HoldDecision, decisions, held, record
from pipelines.warehouse.invariants import Invariant, check_invariants, dbt_passed, require
from pipelines.warehouse.lock import only_one
from pipelines.warehouse.publish import publish, published_build

# Each of these tells who the care leavers are; its data date is the day at which an authority's figures stand.
TELLS_CARE_LEAVERS = ("ssd_care_leavers", "annex_a_list_9", "ssda903_oc3")


class NothingLandedError(Exception):
    """No load is known, or none that tells who the care leavers are, so there is nothing to build."""


class StageOutOfOrderError(Exception):
    """A stage was asked for although the one before it has not run in this refresh."""


class Check(Protocol):
    """One result of judging the loads of an extract."""

    @property
    def name(self) -> str:
        """The check's name."""

    @property
    def severity(self) -> str:
        """`hold` or `warn`."""

    @property
    def success(self) -> bool:
        """Whether every load passed."""

    @property
    def sentence(self) -> str:
        """What was expected and found, in counts and shares."""

    @property
    def loads_judged(self) -> int:
        """How many loads had the number that is judged."""


class Judged(Protocol):
    """What came of judging one load."""

    def as_json(self) -> dict[str, Any]:
        """The record to keep, with its `load_id`."""


class Verdict(Protocol):
    """What judging the loads came to."""

    @property
    def checks_run(self) -> int:
        """How many checks had something to judge."""

    @property
    def checks_passed(self) -> int:
        """How many of these passed."""

    @property
    def held_load_ids(self) -> Sequence[str]:
        """The loads that a check of severity `hold` failed."""

    def reasons(self, load_id: str) -> Sequence[str]:
        """Why a load is held."""

    @property
    def judged(self) -> Sequence[Judged]:
        """What came of each load that was judged now, to be kept."""

    def of_extract(self, extract: str) -> Sequence[Check]:
        """The results of one extract."""


class Judge(Protocol):
    """Judges loads that are new, and tells of them and of those judged before."""

    def __call__(  # noqa: PLR0913 - what a load is judged by
        self,
        loads: Sequence[Load],
        accepted: Sequence[Load],
        *,
        landing: Path,
        contracts: Contracts,
        data_docs: Path,
        earlier: Sequence[Mapping[str, Any]],
    ) -> Verdict:
        """Return the verdict.

        Args:
            loads: The loads to judge.
            accepted: Loads in use, by an earlier verdict or a person's decision: what the new ones are compared with.
            landing: The landing folder.
            contracts: The contracts in force.
            data_docs: The folder for the letters to senders.
            earlier: What was kept of loads judged before that no person has accepted.
        """


@dataclass(frozen=True)
class Published:
    """What the last stage made: the build, the facts recorded with it, its invariants, the older builds removed."""

    build: Build
    facts: Mapping[str, Any]
    invariants: Sequence[Invariant]
    removed: Sequence[str]


@dataclass
class Refresh:
    """One refresh of one home; hold the home's lock while it lives.

    Attributes:
        settings: Where the home is and what is configured.
        judge: Judges deliveries; None leaves every load unheld, for tests that are about something else.
        linker: Decides who is who.
        project: The parsed dbt project; parsed into the home when None.
        progress: Hears one plain sentence per step.
        now: The clock at the start, UTC.
        reached: Hears the name of each durable step, so that a test can stop the process there.
        compares: Whether changes of people since the published build are recorded; not after an erasure, of which they
            would tell.
    """

    settings: Settings
    judge: Judge | None = None
    linker: Linker = field(default_factory=RulesThenModel)
    project: ParsedProject | None = None
    progress: Progress = silent
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    reached: Callable[[str], None] = lambda _: None
    compares: bool = True

    landing_report: LandingReport | None = field(default=None, init=False)
    verdict: Verdict | None = field(default=None, init=False)
    loads: list[Load] = field(default_factory=list, init=False)
    held_loads: list[Load] = field(default_factory=list, init=False)
    hold_reasons: dict[str, str] = field(default_factory=dict, init=False)
    link_report: LinkReport | None = field(default=None, init=False)
    link_quality: LinkQuality | None = field(default=None, init=False)
    link_changes: dict[str, int] = field(default_factory=dict, init=False)
    figures_affected: int = field(default=0, init=False)
    dbt_report: DbtReport | None = field(default=None, init=False)
    figure_report: FigureReport | None = field(default=None, init=False)
    published: Published | None = field(default=None, init=False)
    _build: Build | None = field(default=None, init=False)

    @cached_property
    def home(self) -> Home:
        """The home's folders."""
        return self.settings.folders

    @cached_property
    def contracts(self) -> Contracts:
        """The packaged contracts with the home's overlay."""
        return load_contracts(self.home.config / "contracts")

    @property
    def build(self) -> Build:
        """The build that this refresh is making; raises StageOutOfOrderError before `judge_loads`."""
        if self._build is None:
            raise StageOutOfOrderError(
                "The warehouse is built as a whole, in a new folder: run the job `refresh` instead of a part of it."
            )
        return self._build

    @cached_property
    def earlier_releases(self) -> list[Release]:
        """The public releases approved by the moment as of which this build knows, the oldest first."""
        return [one for one in released(self.home, PUBLIC) if one.approved_at and one.approved_at <= self._moment]

    @cached_property
    def parsed(self) -> ParsedProject:
        """The parsed dbt project."""
        return self.project or ParsedProject(self.home.dagster / "dbt")

    def as_known_at(self, loads: Collection[Load]) -> datetime:
        """Return the moment as of which this build knows: as set, else everything that was received.

        A receipt in the future, as in the demo whose calendar is fixed, is part of "everything".
        """
        wanted = self.settings.as_known_at
        if wanted is None:
            return max([self.now, *(load.received_at for load in loads)])
        return end_of_day_in_london(wanted) if wanted.tzinfo is None else wanted.astimezone(UTC)

    # The stages.

    def land_inbox(self) -> LandingReport:
        """Land what is ready in the inbox, after removing what a killed refresh left behind."""
        for build_id in discard_half_builds(self.home):
            self.progress("warehouse", f"removed the unfinished build {build_id} of an interrupted refresh")
        self.reached("half_builds_removed")
        self.landing_report = land(
            self.home,
            self.contracts,
            now=self.now,
            settle_seconds=self.settings.settle_seconds,
            progress=self.progress,
            durable=self.reached,
        )
        self.reached("landed")
        return self.landing_report

    def judge_loads(self) -> list[Load]:
        """Judge every known delivery, hold those that fail, open the build; return the loads that it uses.

        Raises NothingLandedError when no load is known, or none that tells who the care leavers are.
        """
        everything = known_loads(self.home, datetime.max.replace(tzinfo=UTC), generation=self.settings.generation)
        moment = self.as_known_at(everything)
        known = known_loads(self.home, moment, generation=self.settings.generation)
        if not known:
            raise NothingLandedError(
                f"Nothing has landed in {self.home.root} by {moment.astimezone(LONDON):%d.%m.%Y, %H:%M}, so there is "
                f"nothing to build. Put extracts into {self.home.inbox}/<family>/<sender>/ and refresh again."
            )
        if not any(load.table in TELLS_CARE_LEAVERS for load in known):
            raise NothingLandedError(
                "What has landed is kept, but nobody has said yet who the care leavers are, so there is no day for "
                "which to count. Put an authority's people and care leavers (ssd_person and ssd_care_leavers, or "
                f"Annex A's lists, or the SSDA903's header and OC3) into {self.home.inbox}/case_system/<authority>/ "
                "and refresh again."
            )
        self._moment = moment
        self.home.make_database_key()
        self._build = open_build(self.home, inputs=self._inputs(known, moment), now=datetime.now(UTC))
        self.reached("build_opened")
        self._hold(known, moment)
        self.reached("holds_written")
        taken = decisions(self.home)
        held_ids = held(known, taken, moment)
        self.hold_reasons = {one.load_id: one.reason for one in taken if one.load_id in held_ids}
        self.held_loads = [load for load in known if load.load_id in held_ids]
        self.loads = known_loads(self.home, moment, held_ids, self.settings.generation)
        for load in self.held_loads:
            self.progress(
                "quality",
                f"{load.sender} {load.family}/{load.table} of {load.data_date} is held; "
                "the sender's last accepted delivery is used",
            )
        return self.loads

    def link_people(self) -> LinkReport:
        """Write landing's current rows and who is who into the build's warehouse."""
        with open_for_writing(self.build.warehouse) as connection:
            rows = attach_current_rows(connection, self.home, self.contracts, self.loads)
            self.progress("identity", f"{sum(rows.values()):,} current rows of {len(self.loads)} loads")
            taken = link_decisions.decisions(self.home, self._moment)
            self.link_report = link(connection, linker=self.linker, key=self.home.person_key(), decisions=taken)
            self.link_changes = record_person_changes(connection, self._published_warehouse())
            if self.settings.known_links is not None:
                self.link_quality = evaluate(connection, self.settings.known_links)
        self.progress(
            "identity",
            f"{self.link_report.linked:,} records linked, {self.link_report.review:,} for people to decide, "
            f"{self.link_report.unlinked:,} unlinked; {sum(self.link_changes.values()):,} changes since the last build",
        )
        self.reached("identity_written")
        return self.link_report

    def transform(self) -> DbtReport:
        """Run dbt into the build's warehouse; failures are judged by `publish_build`.

        Where the home names a Spark, that builds the models first, and what follows from them is built here.
        """
        with models_made_by_spark(self.settings, self.build, self.progress) as made:
            self.dbt_report = run_dbt(self.build, self.parsed, variables=made, progress=self.progress)
        self.progress("warehouse", f"{len(self.dbt_report.nodes)} dbt nodes, {len(self.dbt_report.failed)} failed")
        self.reached("dbt_done")
        return self.dbt_report

    def row_counts(self) -> dict[str, int]:
        """Return the rows of every table of the build's warehouse, by `schema/table`; marts view what is `coded`."""
        with open_for_reading(self.build.warehouse) as connection:
            counted = connection.execute(
                "select replace(schema_name, 'coded', 'marts') || '/' || table_name, estimated_size "
                "from duckdb_tables()"
            ).fetchall()
        return dict(counted)

    def disclose(self) -> FigureReport:
        """Write what may be shown, and the analyst's database.

        Raises InvariantError when dbt failed: figures of a half-built warehouse are never written.
        """
        require([dbt_passed(self._dbt())])
        for one in self.earlier_releases:
            one.check()
        self.figures_affected = record_affected_figures(self.build.warehouse, self._published_warehouse())
        tables = write_analyst_database(self.build, self.parsed.manifest, key=self.home.person_key())
        self.progress("warehouse", f"{tables} tables for analysts")
        self.reached("analyst_written")
        self.figure_report = write_figures(
            self.build.folder,
            build_id=self.build.build_id,
            threshold=self.settings.suppression_threshold,
            rules=self._disclosure_rules(),
            earlier=[one.figures for one in self.earlier_releases],
        )
        if not self.figure_report.hidden.fewest:
            self.progress("disclosure", "time ran out: more public figures are hidden than need be, and none is unsafe")
        restated = write_restatements(self.home, self.build)
        if restated:
            self.progress("release", f"{restated:,} released figures are restated")
        self.reached("figures_written")
        return self.figure_report

    def complete_build(self) -> Published:
        """Check every invariant and record that the build is good; it could be published.

        Raises InvariantError when one does not hold.
        """
        outcomes = check_invariants(self.build, self._dbt(), direct_identifiers=self._direct_identifiers())
        require(outcomes)
        outcomes = [*outcomes, editions_hold(self.home, self.build, self.contracts)]
        require(outcomes)
        facts = self._facts(outcomes)
        (self.build.figures / "build.json").write_text(json.dumps(facts, indent=2, sort_keys=True) + "\n", "utf-8")
        self.build.mark_good(facts)
        self.reached("marked_good")
        return Published(self.build, facts, outcomes, [])

    def publish_build(self) -> Published:
        """Check every invariant and swap the link.

        Raises InvariantError, leaving the previous build published, when one does not hold.
        """
        complete = self.complete_build()
        removed = publish(self.home, self.build, keep=self.settings.builds_kept, reached=self.reached)
        trail.record(self.home, "refreshed", {"build": self.build.build_id, "loads": len(self.loads)})
        self.progress("publish", f"build {self.build.build_id} is published")
        self.published = replace(complete, removed=removed)
        return self.published

    def keep_build(self) -> Published:
        """Check every invariant and keep the build without publishing it, for a look at a past night.

        Raises InvariantError when one does not hold.
        """
        complete = self.complete_build()
        removed = retain(self.home, keep=self.settings.builds_kept, published=self._published_build())
        trail.record(self.home, "past_night_built", {"build": self.build.build_id, "loads": len(self.loads)})
        self.progress("warehouse", f"build {self.build.build_id} is kept and not published")
        return replace(complete, removed=removed)

    def render_packs(self) -> list[Rendered]:
        """Render every pack of the published build into the home's `packs`."""
        return render(published_build(self.home).folder, self.home.packs, progress=self.progress)

    # What the stages need.

    def _dbt(self) -> DbtReport:
        if self.dbt_report is None:
            raise StageOutOfOrderError("dbt has not run in this refresh: run the job `refresh` as a whole.")
        return self.dbt_report

    def _published_warehouse(self) -> Path | None:
        """Return the warehouse of the build published before this one, if there is any that can be read.

        One that another version of DuckDB wrote may not be. Then nothing is compared with it; figures do not change.
        """
        build = self._published_build() if self.compares else None
        return build.warehouse if build and can_be_read(build.warehouse) else None

    def _published_build(self) -> Build | None:
        return published_build(self.home) if self.home.published.exists() else None

    def _direct_identifiers(self) -> set[str]:
        return {
            column.name
            for contract in self.contracts
            for column in contract.columns
            if column.privacy == "direct_identifier"
        }

    def _disclosure_rules(self) -> dict[str, Rule]:
        """Return the rule of the public edition by authority."""
        rules = self.settings.disclosure.get("public", {})
        return {authority: Rule(**rule.model_dump()) for authority, rule in rules.items()}

    def _hold(self, known: Sequence[Load], moment: datetime) -> None:
        """Judge the deliveries that are new, keep what came of each, and record a decision for each that is held.

        A look back records nothing: what was held then was decided then.
        """
        if self.judge is None:
            return
        taken = decisions(self.home)
        latest = {decision.load_id: decision for decision in taken if decision.decided_at <= moment}
        accepted = {id_ for id_, one in latest.items() if one.decision == "accepted"}
        recorded = judgements.recorded(self.home)
        judged_before = {
            load.load_id: recorded[load.load_id, load.generation]
            for load in known
            if (load.load_id, load.generation) in recorded
        }
        settled = accepted | judged_before.keys()
        in_use = settled - held(known, taken, moment)
        new = [load for load in known if load.load_id not in settled]
        self.verdict = self.judge(
            new,
            [load for load in known if load.load_id in in_use],
            landing=self.home.landing,
            contracts=self.contracts,
            data_docs=self.build.data_docs,
            earlier=[
                judged_before[load.load_id]
                for load in known
                if load.load_id in judged_before and load.load_id not in accepted
            ],
        )
        undecided = {load.load_id for load in new} - {decision.load_id for decision in taken}
        looks_back = self.settings.as_known_at is not None or self.settings.generation is not None
        for load_id in self.verdict.held_load_ids:
            if load_id in undecided and not looks_back:
                reason = " ".join(self.verdict.reasons(load_id))
                record(self.home, HoldDecision(load_id, "held", datetime.now(UTC), BY_THE_CHECKS, reason))
        if not looks_back:
            generations = {load.load_id: load.generation for load in new}
            documents = [one.as_json() for one in self.verdict.judged]
            judged = [{**one, "generation": generations[one["load_id"]]} for one in documents]
            judgements.record(self.home, judged, datetime.now(UTC))
        self.progress("quality", f"{self.verdict.checks_passed} of {self.verdict.checks_run} checks passed")

    def _inputs(self, loads: Sequence[Load], moment: datetime) -> list[str]:
        """Everything the build is a function of, as text."""
        taken = [f"{one.pair} {one.verdict} {one.decided_at}" for one in link_decisions.decisions(self.home, moment)]
        read = (f"{load.load_id} {load.generation}" for load in loads)
        known = (one.name for one in self.earlier_releases)
        return [moment.isoformat(), self.configuration_hash(), *read, *taken, *known]

    def configuration_hash(self) -> str:
        """Hash of the effective configuration: contracts, the dbt project, the suppression threshold."""
        parts = [f"{contract.name}={contract.contract_hash}" for contract in self.contracts]
        parts += [self.parsed.folder.name, f"threshold={self.settings.suppression_threshold}", self.linker.name]
        parts += [f"link={self.settings.link_threshold}", f"review={self.settings.review_threshold}"]
        parts += [f"{authority}={rule}" for authority, rule in sorted(self._disclosure_rules().items())]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]

    def _facts(self, outcomes: Sequence[Invariant]) -> dict[str, Any]:
        """The facts of the run that stand beside the figures: counts, dates and senders, nobody's values."""
        links = self.link_report
        if links is None:
            raise StageOutOfOrderError("Identity has not run in this refresh: run the job `refresh` as a whole.")
        latest = self._latest_data_dates()
        quality_passed = self.verdict.checks_passed if self.verdict else 0
        quality_run = self.verdict.checks_run if self.verdict else 0
        tests = self._dbt().tests
        return {
            "build_id": self.build.build_id,
            "as_known_at": self._moment.isoformat(),
            "generation": self.settings.generation or current_generation(self.home),
            "as_at": min(
                data_date for (family, _, _), data_date in latest.items() if family not in CORROBORATING_FAMILIES
            ).isoformat(),
            "built_at": self.now.isoformat(timespec="seconds"),
            "configuration_hash": self.configuration_hash(),
            "earlier_releases": {PUBLIC: [one.name for one in self.earlier_releases]},
            "files": len({(load.family, load.sender, load.file_name, load.file_sha256) for load in self.loads}),
            "loads": len(self.loads),
            "loads_held": len(self.held_loads),
            "rows_read": sum(load.rows_read for load in self.loads),
            "rows_accepted": sum(load.rows_accepted for load in self.loads),
            "rows_rejected": sum(load.rows_rejected for load in self.loads),
            "cells_refused": sum(load.cells_refused for load in self.loads),
            "people": links.people,
            "linked": links.linked,
            "review": links.review,
            "unlinked": links.unlinked,
            "links_decided": links.decided,
            "link_counts": [asdict(one) for one in links.counts],
            "id_pairs_to_review": links.id_pairs_to_review,
            "link_changes": self.link_changes,
            "figures_affected_by_links": self.figures_affected,
            "link_quality": self.link_quality.as_json() if self.link_quality else None,
            "checks_passed": quality_passed + sum(test.passed for test in tests) + len(outcomes),
            "checks_run": quality_run + len(tests) + len(outcomes),
            "threshold": self.settings.suppression_threshold,
            "fewest_hidden": self.figure_report is None or self.figure_report.hidden.fewest,
            "senders": [
                {"family": family, "sender": sender, "authority": authority, "data_date": data_date.isoformat()}
                for (family, sender, authority), data_date in sorted(latest.items())
            ],
            "deliveries": self.deliveries(),
        }

    def deliveries(self) -> list[dict[str, Any]]:
        """Return every delivery that the home expects, with how late it was at the moment as of which the build knows.

        A list that cannot be read stops no refresh: `status` and the sensor say what is wrong with it.
        """
        try:
            agreed = expected(self.home)
        except DeliveriesError as error:
            self.progress("warehouse", f"nobody is called late: {error}")
            return []
        receipts = known_loads(self.home, self._moment, generation=self.settings.generation)
        missed = {one.delivery: one for one in late(agreed, receipts, self._moment)}
        return [
            {
                "family": one.family,
                "sender": one.sender,
                "authority": authorities_of_senders(one.family)[one.sender],
                "due": missed[one].due.isoformat() if one in missed else None,
                "days_late": missed[one].late_by.days if one in missed else 0,
            }
            for one in agreed
        ]

    def _latest_data_dates(self) -> dict[tuple[str, str, str], date]:
        """Return the latest data date by family, sender and authority."""
        latest: dict[tuple[str, str, str], date] = {}
        for load in self.loads:
            whose = (load.family, load.sender, load.authority)
            latest[whose] = max(load.data_date, latest.get(whose, load.data_date))
        return latest


def refresh(
    settings: Settings,
    *,
    judge: Judge | None = None,
    linker: Linker | None = None,
    project: ParsedProject | None = None,
    progress: Progress = silent,
) -> Refresh:
    """Run every stage from the inbox to the published build, without Dagster, and return what each reported.

    The arguments are those of `Refresh`; for its errors see `run_stages`.
    """
    linker = linker or configured_linker(settings)
    return run_stages(Refresh(settings, judge=judge, linker=linker, project=project, progress=progress))


def configured_linker(settings: Settings) -> Linker:
    """Return the linker of the pipeline with the settings' thresholds, which scores on the settings' Spark, if any."""
    thresholds = Thresholds(link=settings.link_threshold, review=settings.review_threshold)
    return RulesThenModel(thresholds, predict=configured_predictor(settings))


def run_stages(run: Refresh) -> Refresh:
    """Run every stage of a refresh under the home's lock.

    Raises:
        HomeIsBusyError: Another refresh of the home is running.
        NothingLandedError: No load is known, or none that tells who the care leavers are.
        InvariantError: The build was not published; what was published stays.
    """
    with only_one(run.home):
        run.land_inbox()
        run.judge_loads()
        run.link_people()
        run.transform()
        run.disclose()
        run.publish_build()
    return run
