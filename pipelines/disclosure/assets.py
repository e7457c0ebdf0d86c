"""Disclosure in Dagster: the figures that may be shown.

What belongs here: how disclosure is shown and started. What does not: what is suppressed (`pipelines.disclosure`).
"""

from __future__ import annotations

import dagster as dg

from pipelines.refresh import Refresh

FIGURES = dg.AssetKey(["figures"])


def figures_asset(*, pool: str) -> dg.AssetsDefinition:
    """Return the asset of the internal and public figures of a build."""

    @dg.asset(
        key=FIGURES,
        deps=[dg.AssetKey(["marts", "measure_observation"])],
        description="Every figure with its status, internal and public, and the labels that packs print.",
        group_name="disclosure",
        owners=["team:warehouse"],
        kinds={"parquet", "csv"},
        pool=pool,
    )
    def write_figures(refresh: dg.ResourceParam[Refresh]) -> dg.MaterializeResult[None]:
        """Write the figures and the analyst's database beside them."""
        report = refresh.disclose()
        counts: dict[str, int | bool] = {"figures": report.figures, "suppressed": report.suppressed}
        return dg.MaterializeResult(metadata={**counts, "no_more_suppressed_than_needed": report.hidden.fewest})

    return write_figures
