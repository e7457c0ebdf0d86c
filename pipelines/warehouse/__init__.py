"""The warehouse: one disposable build folder per refresh, checked, then published by one rename.

What it promises: a build is a pure function of the durable stores, the configuration, the code and `as_known_at`;
readers of `published` never see half a build, and a process killed at any moment leaves the previous one in place.

What belongs here: build folders (`build`), the lock of a home (`lock`), running dbt (`dbt`), what must hold before a
build may be published (`invariants`), the analyst's database (`analyst`), the swap itself (`publish`) and the
decisions to hold a load (`holds`). What does not: SQL of the models (`dbt_project/`), the order of the stages
(`pipelines.refresh`).
"""

from pipelines.warehouse.build import Build, discard_half_builds, open_build
from pipelines.warehouse.invariants import Invariant, InvariantError, check_invariants
from pipelines.warehouse.publish import publish, published_build

__all__ = [
    "Build",
    "Invariant",
    "InvariantError",
    "check_invariants",
    "discard_half_builds",
    "open_build",
    "publish",
    "published_build",
]
