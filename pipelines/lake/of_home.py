"""A home and its lake: what is published goes in, on record.

What belongs here: which build and under which name, and the entry in the audit trail. What does not: writing
(`publication`), letting the past go (`forgetting`).
"""

from __future__ import annotations

from pipelines.lake.connection import Lake, NoLakeError
from pipelines.lake.forgetting import forget_the_past
from pipelines.lake.publication import Publication, publish_to_lake
from pipelines.protection import trail
from pipelines.settings import Settings
from pipelines.warehouse.publish import published_build


def publish_home(settings: Settings) -> tuple[Publication, bool]:
    """Put the home's published build into its lake; return it, and whether the lake had it already.

    Raises:
        NoLakeError: The settings name no lake, or no name for this home in it.
        LakeUnreachableError: It cannot be opened.
        LakeBusyError: Others kept writing.
    """
    council = _council(settings)
    publication, was_there = publish_to_lake(Lake.of(settings), council, published_build(settings.folders))
    if not was_there:
        trail.record(settings.folders, "lake_published", {"build": publication.build_id, "council": council})
    return publication, was_there


def forget_with_home(settings: Settings) -> tuple[Publication, int]:
    """Put the home's published build into its lake and leave nothing earlier in it; return how many snapshots went.

    Raises as `publish_home` does.
    """
    council = _council(settings)
    publication, gone = forget_the_past(Lake.of(settings), council, published_build(settings.folders))
    trail.record(settings.folders, "lake_forgotten", {"build": publication.build_id, "snapshots": gone})
    return publication, gone


def _council(settings: Settings) -> str:
    if settings.lake_council is None:
        raise NoLakeError("lake_council is not set: the name under which this home's tables stand in the lake.")
    return settings.lake_council
