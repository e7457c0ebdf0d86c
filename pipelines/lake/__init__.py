"""The lake: finished builds of many councils side by side, in DuckLake with a PostgreSQL catalogue.

A council's home builds, checks and publishes by itself; what analysts may read of it then goes into the lake, whole and
in one transaction. Names, birthdays and the landing never leave the home.
"""

from pipelines.lake.connection import Lake, LakeUnreachableError, NoLakeError
from pipelines.lake.forgetting import forget_the_past
from pipelines.lake.publication import LakeBusyError, Publication, publications, publish_to_lake
from pipelines.lake.reading import open_lake_for_analysts

__all__ = [
    "Lake",
    "LakeBusyError",
    "LakeUnreachableError",
    "NoLakeError",
    "Publication",
    "forget_the_past",
    "open_lake_for_analysts",
    "publications",
    "publish_to_lake",
]
