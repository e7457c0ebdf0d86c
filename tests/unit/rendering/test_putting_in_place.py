"""Packs come from the temporary folder, which may lie on another disk than the home: readers never see half of one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipelines.rendering.packs import put


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """Return a pack just made and the folder that holds the one of before."""
    made, packs = tmp_path / "made" / "khog.pdf", tmp_path / "packs"
    made.parent.mkdir()
    packs.mkdir()
    made.write_bytes(b"the new pack")
    (packs / "khog.pdf").write_bytes(b"the old pack")
    return made, packs


def test_the_new_file_takes_the_place_of_the_old_one(places: tuple[Path, Path]) -> None:
    made, packs = places
    with (packs / "khog.pdf").open("rb") as reader:
        assert put(made, packs) == packs / "khog.pdf"
        assert reader.read() == b"the old pack", "who has it open reads on in the old one"
    assert (packs / "khog.pdf").read_bytes() == b"the new pack"
    assert [path.name for path in packs.iterdir()] == ["khog.pdf"]


def test_a_copy_that_is_cut_off_leaves_the_old_file(places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    made, packs = places

    def full(_: Path, target: Path) -> None:
        Path(target).write_bytes(b"the n")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(OSError, match="No space left"):
        put(made, packs)
    assert (packs / "khog.pdf").read_bytes() == b"the old pack"
    assert [path.name for path in packs.iterdir()] == ["khog.pdf"]
