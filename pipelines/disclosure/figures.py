"""The disclosure step: from observations to figures that may be shown.

What belongs here: the order of the step, and the files. What does not: the rules themselves (`programme`, `rule`,
`status`, `suppression`), and what is hidden in public (`public_edition`).

Each edition holds what the table programme lists (`programme`): the internal edition with nothing hidden, the public
edition with what may be shown. The public files are written, read back and attacked (`attacker`) before they get their
place: what was not audited is not published.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.disclosure.attacker import AuditReport, Demand, audit
from pipelines.disclosure.attacker.published import read_lines
from pipelines.disclosure.labels import labels
from pipelines.disclosure.observations import COLUMNS, DisclosureError, open_warehouse, read_observations
from pipelines.disclosure.programme import INTERNAL, PUBLIC
from pipelines.disclosure.public_edition import Hidden, Kept, public_edition
from pipelines.disclosure.rule import ANY, Rule, Rules
from pipelines.disclosure.status import LOW, SUPPRESSED, SUPPRESSED_REASON, VALUE, with_status

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
    `internal.parquet`, `public.parquet`, the same as CSV, and `labels.parquet`, replacing what was there. A figure has
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
        internal = _write(observed.filter("in_internal"), INTERNAL, build_id, draft)
        shown = _write(public, PUBLIC, build_id, draft)
        audited = _audit(draft / f"{PUBLIC}.csv", of_authority, observed, earlier)
        for whole_authority in (False, False, True):
            if audited.safe:
                break
            public = _without_leaking_measures(public, audited, whole_authority=whole_authority)
            shown = _write(public, PUBLIC, build_id, draft)
            audited = _audit(draft / f"{PUBLIC}.csv", of_authority, observed, earlier)
        if not audited.safe:
            # Nothing public is safe: the internal edition stands, and the public one is empty until a fuller delivery.
            shown = _write(public.clear(), PUBLIC, build_id, draft)
            audited = _audit(draft / f"{PUBLIC}.csv", of_authority, observed, earlier)
        _require_safe(audited)
        counts = [*internal, *shown]
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
    if read_lines(public) != read_lines(public.with_suffix(".parquet")):
        raise DisclosureError(
            "The public edition says one thing as CSV and another as Parquet; no figures were written."
        )
    return audit(public, earlier, demands=demands, seconds=AUDIT_SECONDS)


def _without_leaking_measures(public: pl.DataFrame, audited: AuditReport, *, whole_authority: bool) -> pl.DataFrame:
    """Hide every figure of the measures in which the audit found leaks: the safe, worse answer.

    The suppressor looks for the fewest figures to hide, and where senders lack its view of what belongs together can be
    too narrow. A publication of fewer figures is better than none and better than one that leaks; it is audited again.

    Args:
        public: The edition as written.
        audited: What the audit found.
        whole_authority: Whether to hide all figures of the authorities concerned, when their measures were not enough.
    """
    named = ["authority"] if whole_authority else ["authority", "measure_id"]
    leaking = (
        pl.DataFrame(
            [(leak.figure.authority, leak.figure.measure) for leak in audited.leaks],
            schema={"authority": pl.String, "measure_id": pl.String},
            orient="row",
        )
        .select(named)
        .unique()
    )
    told = pl.col("status").is_in([VALUE, SUPPRESSED, LOW])
    # In the last resort not even what is missing is told apart from what is hidden.
    hide = pl.col("leaks").fill_null(value=False) & (pl.lit(whole_authority) | told)
    joined = public.join(leaking.with_columns(leaks=True), on=named, how="left", maintain_order="left")
    return joined.with_columns(
        *(pl.when(~hide).then(pl.col(name)).alias(name) for name in MARKED),
        pl.when(hide).then(pl.lit(SUPPRESSED)).otherwise(pl.col("status")).alias("status"),
        pl.when(hide).then(pl.lit(SUPPRESSED_REASON)).otherwise(pl.col("reason")).alias("reason"),
    ).drop("leaks")


def _require_safe(report: AuditReport) -> None:
    """Raise DisclosureError when a reader could still tell too much; nothing is published then."""
    if not report.safe:
        first = report.leaks[0]
        raise DisclosureError(
            f"The audit found {len(report.leaks)} counts of which a reader could tell too much; no figures were "
            f"written. The first ({first.why}): {first.figure.measure}, {first.figure.authority}, {first.figure.area}, "
            f"{first.figure.kind} {first.figure.label}, {first.figure.breakdown} {first.figure.value}. Report this as "
            "a fault of the suppressor."
        )


def _write(rows: pl.DataFrame, edition: str, build_id: str, folder: Path) -> list[EditionCount]:
    """Write one edition as Parquet, and as CSV with a marker wherever a status shows no number; return its counts."""
    figures = rows.select(
        *COLUMNS, "status", "reason", pl.lit(edition).alias("edition"), pl.lit(build_id).alias("build_id")
    )
    path = folder / edition
    figures.write_parquet(path.with_suffix(".parquet"))
    figures.with_columns(_marked(name) for name in MARKED).write_csv(path.with_suffix(".csv"))
    by_status = figures.group_by("status").len().sort("status").iter_rows()
    return [EditionCount(edition, status, number) for status, number in by_status]


def _marked(name: str) -> pl.Expr:
    number = pl.col(name).cast(pl.String).str.strip_suffix(".0")
    marker = pl.when(pl.col("status") != VALUE).then(pl.format("[{}]", pl.col("status")))
    return pl.coalesce(number, marker).alias(name)
