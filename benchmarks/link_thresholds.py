"""What other thresholds would give: precision, recall and review load of the links, as a chart for `docs/identity.md`.

Usage: `python benchmarks/link_thresholds.py [--seed N] [--out docs/pictures/link-thresholds.svg]`.

What belongs here: making a county with known links, linking it once, and counting at each threshold. What does not:
choosing the thresholds, which are settings of a home.
"""

from __future__ import annotations

import argparse
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import altair as alt
import duckdb
import polars as pl

from pipelines.contracts import load_contracts
from pipelines.identity import RulesThenModel, Thresholds, link
from pipelines.landing import land
from pipelines.landing.as_known import attach_current_rows, known_loads
from pipelines.progress import silent
from pipelines.settings import Home
from pipelines.synthetic import generate

HERE = Path(__file__).resolve().parent
THRESHOLDS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)
REVIEW_FROM = 0.2

# One row per record: whether its person is known here, who linked it, how likely the best candidate is, and whether
# that is the right person.
_RECORDS = """
with own as (
    select distinct truth.person, alias.person_key
    from identity.person_alias as alias
    inner join read_parquet($links) as truth
        on truth.family = 'case_system' and truth.authority = alias.authority and truth.source_ref = alias.person_id
    semi join landing.case_system__ssd_person__history as named
        on named.authority = alias.authority and named.pers_person_id = alias.person_id
)
select
    truth.person in (select person from own) as known,
    link.method not in ('model', 'review') and link.person_key is not null as by_rule,
    link.method = 'review' and candidate.probability >= 0.95 as guarded,
    candidate.probability,
    (truth.person, coalesce(link.person_key, candidate.person_key)) in (
        select (person, person_key) from own
    ) as is_right
from identity.person_link as link
inner join read_parquet($links) as truth
    on truth.family = link.family and truth."table" = link.table_name and truth.sender = link.sender
    and truth.source_ref = link.source_ref
left join identity.link_candidate as candidate
    on candidate.family = link.family and candidate.table_name = link.table_name and candidate.sender = link.sender
    and candidate.source_ref = link.source_ref and candidate.place = 1
"""


def records(seed: int, defects: float, work: Path) -> pl.DataFrame:
    """Return one row per housing record of both counties at full size."""
    home = Home(work / "home")
    home.initialise()
    generate(home.inbox, work / "truth", seed=seed, months=3, defects=defects)
    contracts = load_contracts()
    land(home, contracts, now=datetime.now(UTC), settle_seconds=0, progress=silent)
    with duckdb.connect() as connection:
        attach_current_rows(connection, home, contracts, known_loads(home, datetime.max.replace(tzinfo=UTC)))
        link(connection, linker=RulesThenModel(Thresholds(link=0.95, review=0.01)), key=b"thresholds")
        return pl.from_arrow(
            connection.execute(_RECORDS, {"links": str(work / "truth" / "links.parquet")}).to_arrow_table()
        )


def trade_off(found: pl.DataFrame, defects: float) -> list[dict[str, float | str]]:
    """Return precision, recall and review share at each threshold of linking."""
    rows = []
    for threshold in THRESHOLDS:
        linked = found.filter(pl.col("by_rule") | (pl.col("probability") >= threshold) & ~pl.col("guarded"))
        asked = found.filter(
            ~pl.col("by_rule")
            & (pl.col("probability") >= min(REVIEW_FROM, threshold))
            & ((pl.col("probability") < threshold) | pl.col("guarded"))
        )
        right = linked.filter(pl.col("is_right")).height
        rows.append(
            {
                "rates": f"{defects:g} × the defects",
                "threshold": threshold,
                "precision": right / linked.height,
                "recall": right / found.filter(pl.col("known")).height,
                "review": asked.height / found.height,
            }
        )
    return rows


def chart(rows: list[dict[str, float | str]]) -> alt.VConcatChart:
    """Return the three curves, one below the other on one axis of thresholds."""
    data = alt.Data(values=rows)

    def curve(field: str, title: str) -> alt.Chart:
        return (
            alt.Chart(data, width=460, height=110)
            .mark_line(point=True)
            .encode(
                x=alt.X(
                    "threshold:Q", title="Linked by the model from this probability on", scale=alt.Scale(nice=False)
                ),
                y=alt.Y(f"{field}:Q", title=title, scale=alt.Scale(zero=False), axis=alt.Axis(format=".2%")),
                color=alt.Color("rates:N", title=None, scale=alt.Scale(range=["#1d4f91", "#c8611a"])),
                strokeDash=alt.StrokeDash("rates:N", title=None),
            )
        )

    return alt.vconcat(
        curve("precision", "Precision"), curve("recall", "Recall"), curve("review", "Records to review")
    ).configure(font="sans-serif")


def main() -> None:
    """Measure at the usual and at twice the usual rates, print the table, write the chart."""
    parser = argparse.ArgumentParser(description="Draw what other thresholds of linkage would give.")
    parser.add_argument("--seed", type=int, default=9001)
    parser.add_argument("--out", type=Path, default=HERE.parent / "docs" / "pictures" / "link-thresholds.svg")
    given = parser.parse_args()
    rows: list[dict[str, float | str]] = []
    for defects in (1.0, 2.0):
        with tempfile.TemporaryDirectory(prefix="lasting-homes-thresholds-") as work:
            rows += trade_off(records(given.seed, defects, Path(work)), defects)
    print("| rates | threshold | precision | recall | to review |")
    print("|---|---|---|---|---|")
    for row in rows:
        print(
            f"| {row['rates']} | {row['threshold']} | {row['precision']:.5f} | {row['recall']:.4f} "
            f"| {row['review']:.3%} |"
        )
    chart(rows).save(given.out)


if __name__ == "__main__":
    main()
