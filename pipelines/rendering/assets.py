"""Rendering in Dagster: one asset per pack of the published build.

What belongs here: how packs are shown and started. What does not: what is in a pack (`reports/`) or how it is rendered.
"""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg

from pipelines.refresh import Refresh
from pipelines.rendering import ALL

PUBLISHED_BUILD = dg.AssetKey(["published_build"])


def pack_key(pack: str) -> dg.AssetKey:
    """Return the asset key of a pack."""
    return dg.AssetKey(["packs", pack])


def pack_assets() -> dg.AssetsDefinition:
    """Return one asset per pack; they read the published build and take no part in writing it."""
    specs = [
        dg.AssetSpec(
            pack_key(pack),
            deps=[PUBLISHED_BUILD],
            description=f"The pack `{pack}` as web page, PDF and Word document, from reports/{pack}.qmd.",
            group_name="packs",
            owners=["team:warehouse"],
            kinds={"quarto"},
        )
        for pack in ALL
    ]

    @dg.multi_asset(name="render_packs", specs=specs)
    def render_packs(refresh: dg.ResourceParam[Refresh]) -> Iterator[dg.MaterializeResult[None]]:
        """Render every pack in every format."""
        rendered = refresh.render_packs()
        for pack in ALL:
            files = [one.path.name for one in rendered if one.pack == pack]
            yield dg.MaterializeResult(asset_key=pack_key(pack), metadata={"files": files})

    return render_packs
