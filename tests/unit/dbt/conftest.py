"""One build of the dbt project on the hand-made warehouse, shared by the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
from built_project import Built, build

from pipelines.warehouse.database import open_for_reading


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The project, built once."""
    return build(tmp_path_factory.mktemp("dbt"))


@pytest.fixture
def warehouse(built: Built) -> Iterator[duckdb.DuckDBPyConnection]:
    """The built warehouse, open for reading."""
    with open_for_reading(built.warehouse) as connection:
        yield connection
