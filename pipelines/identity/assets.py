"""Identity in Dagster: the person keys of a build and the links of housing records to them.

What belongs here: how identity is shown and started. What does not: who is who (`pipelines.identity`).
"""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg

from pipelines.landing.assets import ACCEPTED_LOADS
from pipelines.refresh import Refresh

PERSON_ALIAS = dg.AssetKey(["identity", "person_alias"])
PERSON_LINK = dg.AssetKey(["identity", "person_link"])


def identity_assets(*, pool: str) -> dg.AssetsDefinition:
    """Return the two tables of schema `identity`, made in one step in the build's warehouse."""
    specs = [
        dg.AssetSpec(
            PERSON_ALIAS,
            deps=[
                ACCEPTED_LOADS,
                dg.AssetKey(["case_system", "ssd_person"]),
                dg.AssetKey(["protocol_forms", "person_index"]),
            ],
            description="One row per case-system id ever seen, with the pseudonymous key of the person.",
            group_name="identity",
            owners=["team:warehouse"],
            kinds={"duckdb"},
        ),
        dg.AssetSpec(
            PERSON_LINK,
            deps=[PERSON_ALIAS, dg.AssetKey(["lettings", "applications"]), dg.AssetKey(["homelessness", "cases"])],
            description="One row per housing application and homelessness case: whose it is, or that nobody was found.",
            group_name="identity",
            owners=["team:warehouse"],
            kinds={"duckdb"},
        ),
    ]

    @dg.multi_asset(name="link_people", specs=specs, pool=pool)
    def link_people(refresh: dg.ResourceParam[Refresh]) -> Iterator[dg.MaterializeResult[None]]:
        """Write landing's current rows, person keys and links into the build's warehouse."""
        report = refresh.link_people()
        yield dg.MaterializeResult(
            asset_key=PERSON_ALIAS,
            metadata={
                "people": report.people,
                "case_ids": report.case_ids,
                "id_pairs_to_review": report.id_pairs_to_review,
            },
        )
        changes = {f"records_or_ids_{kind}": number for kind, number in refresh.link_changes.items()}
        yield dg.MaterializeResult(
            asset_key=PERSON_LINK,
            metadata={**report.outcomes, "decided_by_people": report.decided, **changes, **_quality(refresh)},
        )

    return link_people


def _quality(refresh: Refresh) -> dict[str, float]:
    """Return precision and recall against known links, whole and by group, where a run has any to measure against."""
    if refresh.link_quality is None:
        return {}
    shares: dict[str, float] = {}
    for row in refresh.link_quality.rows:
        if row.table == "all":
            name = row.group if row.group == row.value else f"{row.group}_{row.value}"
            shares[f"precision_{name}"], shares[f"recall_{name}"] = row.precision, row.recall
    return {
        **shares,
        "people_split": refresh.link_quality.people_split,
        "people_mixed": refresh.link_quality.people_mixed,
        "review_share": refresh.link_quality.review_share,
    }
