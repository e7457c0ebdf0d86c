"""The list of councils: a folder of homes or a small file, and what is said when it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.councils import CouncilsError, councils_of
from pipelines.councils.definitions import ALL_JOB, COUNCIL_IN_LAKE, ONE_JOB, build_councils


def test_a_folder_of_homes_lists_each_by_its_name(tmp_path: Path) -> None:
    for name in ("kent", "essex"):
        (tmp_path / name / "config").mkdir(parents=True)
    (tmp_path / "lost+found").mkdir()
    assert councils_of(tmp_path) == {"essex": tmp_path / "essex", "kent": tmp_path / "kent"}


def test_a_file_names_homes_relative_to_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "councils.yml").write_text("kent: homes/one\nessex: /srv/two\n", encoding="utf-8")
    monkeypatch.setenv("LASTING_HOMES_COUNCILS", str(tmp_path / "councils.yml"))
    assert councils_of() == {"essex": Path("/srv/two"), "kent": tmp_path / "homes" / "one"}


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", "lists no council"),
        ("- kent\n", "a name and a home on each line"),
        ("kent: 3\n", "a name and a home on each line"),
        ("kent: [", "is not YAML"),
        ("Kent County: /srv/kent\n", "Kent County cannot be a council's name"),
        ("kent: /srv/one\nessex: /srv/one\n", "have the same home"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(written: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "councils.yml"
    path.write_text(written, encoding="utf-8")
    with pytest.raises(CouncilsError, match=told):
        councils_of(path)


def test_no_list_at_all_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LASTING_HOMES_COUNCILS", raising=False)
    with pytest.raises(CouncilsError, match="LASTING_HOMES_COUNCILS is not set"):
        councils_of()
    with pytest.raises(CouncilsError, match="neither a folder of homes nor a file"):
        councils_of(tmp_path / "nowhere")


def test_each_council_is_a_partition_and_a_step(tmp_path: Path) -> None:
    definitions = build_councils({"essex": tmp_path / "one", "kent": tmp_path / "two"})
    partitions = definitions.resolve_assets_def(COUNCIL_IN_LAKE).partitions_def
    assert partitions is not None
    assert list(partitions.get_partition_keys()) == ["essex", "kent"]
    assert {node.name for node in definitions.resolve_job_def(ALL_JOB).nodes} == {"essex", "kent"}
    assert definitions.resolve_job_def(ONE_JOB).partitions_def == partitions
