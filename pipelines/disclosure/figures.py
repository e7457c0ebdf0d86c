"""The disclosure step: from observations to figures that may be shown.

What belongs here: the order of the step, and the files. What does not: the rules themselves (`programme`, `rule`,
`status`, `suppression`), and what is hidden in public (`public_edition`).

Each edition holds what the table programme lists (`programme`): the internal edition with nothing hidden, the public
edition with what may be shown. The public files are written, read back and attacked (`attacker`) before they get their
place: what was not audited is not published.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from pipelines.disclosure.attacker import AuditReport, Demand, Leak, audit
from pipelines.disclosure.attacker.published import Line, read_lines
from pipelines.disclosure.labels import labels
from pipelines.disclosure.observations import COLUMNS, DisclosureError, open_warehouse, read_observations
from pipelines.disclosure.public_edition import Hidden, Kept, public_edition
from pipelines.disclosure.rule import ANY, Rule, Rules
from pipelines.disclosure.status import VALUE, with_status
from pipelines.disclosure.workbook import write_workbook
from pipelines.editions import INTERNAL, PUBLIC

MARKED = ("numerator", "denominator", "value")
# How long to look for the fewest figures to hide; after that more are hidden than need be, and the report says so.
SEARCH_SECONDS = 40.0
# How long to look for proof that nothing can be worked out; what was not proved by then stops the publication.
AUDIT_SECONDS = 60.0
DRAFT = "figures.draft"


@dataclass(frozen=True)
class EditionCount:
    """How many figures of one edition have one status."""

    edition: str
    status: str
    figures: int


@dataclass(frozen=True)
class FigureReport:
    """What the step wrote, in counts.

    Attributes:
        build_id: The build.
        threshold: The smallest published count of an authority without a rule of its own.
        counts: Figures by edition and status.
        hidden: How many public figures are hidden, and why.
        kept: How much of what is listed is shown.
        audit: What a reader of the public edition, and of all released before, could tell.
    """

    build_id: str
    threshold: int
    counts: tuple[EditionCount, ...]
    hidden: Hidden
    kept: Kept
    audit: AuditReport

    @property
    def figures(self) -> int:
        """Figures of the internal edition."""
        return sum(count.figures for count in self.counts if count.edition == INTERNAL)

    @property
    def suppressed(self) -> int:
        """Figures hidden in the public edition."""
        return self.hidden.small + self.hidden.company


def write_figures(
    build: Path,
    *,
    build_id: str,
    threshold: int = 5,
    rules: Mapping[str, Rule] | None = None,
    earlier: Sequence[Path] = (),
) -> FigureReport:
    """Write the figures of a build in both editions, and the labels they are printed under.

    Reads `marts.measure_observation` and the schema `seeds` of `build/warehouse.duckdb`. Writes, in `build/figures/`,
    `internal.parquet`, `public.parquet`, the same as CSV and as a workbook, and `labels.parquet`, replacing what was
    there; of the internal edition the workbook holds the latest totals. A figure has
    the columns of the observation and `status` (value, c, x, z, low), `reason`, `edition`, `build_id`, one row per key,
    in the order of the key. Where a status does not show a number, Parquet has null and CSV the marker, as `[c]`. A
    denominator that is itself a hidden figure is null in figures that are shown.

    Args:
        build: The build's folder.
        build_id: What the column `build_id` says.
        threshold: The smallest count that the public edition shows, for authorities without a rule; 1 hides nothing.
        rules: The rule of the public edition by authority, `*` for all others.
        earlier: `public.csv` or `public.parquet` of each earlier release, the oldest first: what they show is known,
            what they hide stays hidden, and what has changed by less than the threshold
            since stays as released.

    Returns:
        Counts of what was written.

    Raises:
        ValueError: A threshold is below 1.
        DisclosureError: The observations break the seam, a hidden figure could not be protected, or the audit found
            one that can be worked out; nothing is written.
    """
    of_authority = Rules({ANY: Rule(threshold), **(rules or {})})
    with open_warehouse(build) as connection:
        observed = with_status(read_observations(connection, background=bool(earlier)))
        words = labels(connection, observed)
    public, hidden, kept = public_edition(observed, of_authority, earlier=earlier, seconds=SEARCH_SECONDS)
    draft = build / DRAFT
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    try:
        words.write_parquet(draft / "labels.parquet")
        counts = [
            *_write(observed.filter("in_internal"), words, INTERNAL, build_id, draft),
            *_write(public, words, PUBLIC, build_id, draft),
        ]
        audited = _audit(draft / f"{PUBLIC}.csv", of_authority, observed, earlier)
        folder = build / "figures"
        folder.mkdir(exist_ok=True)
        for path in draft.iterdir():
            path.replace(folder / path.name)
    finally:
        shutil.rmtree(draft)
    return FigureReport(build_id, of_authority.of(ANY).threshold, tuple(counts), hidden, kept, audited)


def _audit(public: Path, rules: Rules, observed: pl.DataFrame, earlier: Sequence[Path]) -> AuditReport:
    """Attack the public edition as written; see `write_figures`."""
    exempt = observed.filter(about="district")["measure_id"].unique().to_list()
    demands = {}
    for authority in (ANY, *observed["authority"].unique()):
        rule = rules.of(authority)
        demands[authority] = Demand(rule.threshold, rule.width, rule.round_to, (*rule.exempt, *exempt))
    lines = read_lines(public)
    for other in (".parquet", ".xlsx"):
        if _as_printed(read_lines(public.with_suffix(other))) != _as_printed(lines):
            raise DisclosureError(
                f"The public edition says one thing as .csv and another as {other}; no figures were written. Report "
                "this as a fault of the program."
            )
    report = audit(public, earlier, demands=demands, seconds=AUDIT_SECONDS)
    if not report.safe:
        if earlier and audit(public, demands=demands, seconds=AUDIT_SECONDS).safe:
            raise DisclosureError(_told_by_releases(report.leaks, earlier))
        first = report.leaks[0]
        raise DisclosureError(
            f"The audit found {len(report.leaks)} counts of which a reader could tell too much; no figures were "
            f"written. The first ({first.why}): {first.figure.measure}, {first.figure.authority}, {first.figure.area}, "
            f"{first.figure.kind} {first.figure.label}, {first.figure.breakdown} {first.figure.value}. Report this as "
            "a fault of the suppressor."
        )
    return report


def _as_printed(lines: Sequence[Line]) -> list[Line]:
    """Return lines in the order of their names; a workbook keeps fifteen digits of a number."""
    rounded = (replace(line, value=line.value if line.value is None else round(line.value, 12)) for line in lines)
    return sorted(rounded, key=lambda line: line.name)


def _told_by_releases(leaks: Sequence[Leak], earlier: Sequence[Path]) -> str:
    """Return what to do when figures that are safe by themselves are not so beside what was released before."""
    releases = ", ".join(path.parents[1].name for path in earlier)
    concerned: dict[str, set[str]] = {}
    for leak in leaks:
        concerned.setdefault(leak.figure.authority, set()).add(leak.figure.measure)
    lines = "\n".join(
        f"    {authority}: {{sensitive: [{', '.join(sorted(measures))}]}}" for authority, measures in concerned.items()
    )
    return (
        f"Beside what was released before ({releases}), {len(leaks)} hidden counts could be told too closely, so no "
        "figures were written and what is published stays. By themselves the new figures are safe: the release was "
        "protected by another version of this program or by another rule, which this one cannot make up for. What to "
        "do: write into config/settings.yml of the home, beside what it has there,\n"
        f"disclosure:\n  public:\n{lines}\n"
        "and refresh again: of these measures no new count is shown in public. Inside nothing changes. Take a measure "
        "off the list when its released periods have left the table programme."
    )


def _write(rows: pl.DataFrame, words: pl.DataFrame, edition: str, build_id: str, folder: Path) -> list[EditionCount]:
    """Write one edition as Parquet, as CSV and as a workbook, and return its counts.

    In the latter two a marker stands wherever a status shows no number.
    """
    figures = rows.select(
        *COLUMNS, "status", "reason", pl.lit(edition).alias("edition"), pl.lit(build_id).alias("build_id")
    )
    path = folder / edition
    figures.write_parquet(path.with_suffix(".parquet"))
    printed = figures.with_columns(_marked(name) for name in MARKED)
    printed.write_csv(path.with_suffix(".csv"))
    write_workbook(path.with_suffix(".xlsx"), printed, words, edition=edition, build_id=build_id)
    by_status = figures.group_by("status").len().sort("status").iter_rows()
    return [EditionCount(edition, status, number) for status, number in by_status]


def _marked(name: str) -> pl.Expr:
    number = pl.col(name).cast(pl.String).str.strip_suffix(".0")
    marker = pl.when(pl.col("status") != VALUE).then(pl.format("[{}]", pl.col("status")))
    return pl.coalesce(number, marker).alias(name)
