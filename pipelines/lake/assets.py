"""The lake in Dagster: the published build goes in at the end of the night.

What belongs here: how that is shown and started. What does not: how a build goes in (`publication`).
"""

from __future__ import annotations

import dagster as dg

from pipelines.lake.of_home import publish_home
from pipelines.refresh import Refresh
from pipelines.rendering import ALL
from pipelines.rendering.assets import PUBLISHED_BUILD, pack_key

LAKE_PUBLICATION = dg.AssetKey(["lake_publication"])


def lake_publication_asset() -> dg.AssetsDefinition:
    """Return the asset of a home's build in the lake; it comes last, so that a lake that is away costs no pack."""

    @dg.asset(
        key=LAKE_PUBLICATION,
        deps=[PUBLISHED_BUILD, *map(pack_key, ALL)],
        description="The published build in the lake that this home shares with others.",
        group_name="publication",
        owners=["team:warehouse"],
        kinds={"ducklake"},
    )
    def publish_to_the_lake(refresh: dg.ResourceParam[Refresh]) -> dg.MaterializeResult[None]:
        """Put the published build into the lake, in one transaction."""
        publication, was_there = publish_home(refresh.settings)
        return dg.MaterializeResult(
            metadata={
                "build": publication.build_id,
                "council": publication.council,
                "snapshot": publication.snapshot,
                "was_there": was_there,
            }
        )

    return publish_to_the_lake
