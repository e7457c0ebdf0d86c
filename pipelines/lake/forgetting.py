"""Leaving nothing in the lake but what stands there now: after a person was erased, or what was due has gone.

What belongs here: letting the lake's past go with its files. What does not: making the build that replaces it
(`pipelines.protection`), writing that build (`publication`).

Snapshots are of the whole lake, not of one council, so that no council can keep a past which another must forget.
"""

from __future__ import annotations

from datetime import timedelta

from pipelines.lake.connection import NAME, Lake
from pipelines.lake.publication import Publication, publish_to_lake
from pipelines.warehouse.build import Build

# A file that no snapshot names may be one that another council is just writing: only after this long it is left over.
WRITING_ENDS_WITHIN = timedelta(days=1)


def forget_the_past(lake: Lake, council: str, build: Build) -> tuple[Publication, int]:
    """Put a build into the lake, let every earlier snapshot go and delete the files that only those needed.

    What every council has now stays and is listed as before. Whoever reads an earlier snapshot meanwhile gets an error
    from their next statement.

    Args:
        lake: The lake.
        council: Whose build.
        build: A good build, in which nothing stands of what must be forgotten.

    Returns:
        The publication, and how many snapshots went.

    Raises:
        LakeUnreachableError: The lake cannot be opened.
        LakeBusyError: Others kept writing; nothing was forgotten.
    """
    publication, _ = publish_to_lake(lake, council, build, carries_others=True)
    with lake.open() as connection:
        earlier = connection.execute(
            f"select snapshot_id from {NAME}.snapshots() where snapshot_id < $snapshot",
            {"snapshot": publication.snapshot},
        ).fetchall()
        versions = [int(snapshot) for (snapshot,) in earlier]
        if versions:
            connection.execute(f"call ducklake_expire_snapshots('{NAME}', versions => {versions})")
        connection.execute(f"call ducklake_cleanup_old_files('{NAME}', cleanup_all => true)")
        connection.execute(
            f"call ducklake_delete_orphaned_files('{NAME}', "
            f"older_than => now() - interval {int(WRITING_ENDS_WITHIN.total_seconds())} seconds)"
        )
    return publication, len(versions)
