"""An extension that is not there is named, with what to do."""

import duckdb
import pytest

from pipelines.extensions import ExtensionMissingError, load_extension


def test_a_missing_extension_is_named_with_its_package() -> None:
    with (
        duckdb.connect() as connection,
        pytest.raises(ExtensionMissingError, match=r"extension no_such, from the package duckdb-extension-no-such of"),
    ):
        load_extension(connection, "no_such")


def test_an_extension_of_another_version_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duckdb, "__version__", "0.0.1")
    with duckdb.connect() as connection, pytest.raises(ExtensionMissingError, match=r"DuckDB 0\.0\.1 needs"):
        load_extension(connection, "httpfs")
