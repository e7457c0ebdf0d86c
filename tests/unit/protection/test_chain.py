"""The chain: what is appended stays, and any change of what was written shows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.protection.chain import START, Chain, ChainBrokenError


@pytest.fixture
def chain(tmp_path: Path) -> Chain:
    """Given three entries by two people."""
    chain = Chain(tmp_path / "trail")
    chain.append("ran", {"build": "one"}, actor="ann")
    chain.append("shared", {"district": "E07000123"}, actor="ben")
    chain.append("ran", {"build": "two"}, actor="ann")
    return chain


def test_entries_come_back_in_order_and_each_names_the_one_before(chain: Chain) -> None:
    entries = chain.entries()
    assert [(one.number, one.actor, one.action) for one in entries] == [
        (1, "ann", "ran"),
        (2, "ben", "shared"),
        (3, "ann", "ran"),
    ]
    assert [one.previous for one in entries] == [START, entries[0].hash, entries[1].hash]
    assert chain.head() == entries[2].hash
    assert Chain(chain.folder.parent / "empty").head() == START


def test_a_changed_entry_shows(chain: Chain) -> None:
    path = chain.folder / "00000002.json"
    document = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**document, "actor": "ann"}), "utf-8")
    with pytest.raises(ChainBrokenError, match="entry 2 is not what was written"):
        chain.entries()


def test_a_removed_entry_shows(chain: Chain) -> None:
    (chain.folder / "00000002.json").unlink()
    with pytest.raises(ChainBrokenError, match="entry 2 does not follow"):
        chain.entries()


def test_an_entry_rewritten_with_its_hash_shows_in_the_next(chain: Chain, tmp_path: Path) -> None:
    """Given somebody who computes the hash of the entry that they rewrite, then the entry after it betrays them."""
    other = Chain(tmp_path / "other")
    other.append("ran", {"build": "one"}, actor="ann")
    other.append("shared", {"district": "E07000999"}, actor="ben")
    (chain.folder / "00000002.json").write_bytes((other.folder / "00000002.json").read_bytes())
    with pytest.raises(ChainBrokenError, match=r"entry [23] does not follow"):
        chain.entries()


def test_nothing_is_appended_to_a_damaged_end(chain: Chain) -> None:
    (chain.folder / "00000003.json").write_text("half an en", "utf-8")
    with pytest.raises(ChainBrokenError, match="entry 3 is not what was written"):
        chain.append("ran", {}, actor="ann")


def test_a_cut_off_end_shows_only_against_a_head_kept_elsewhere(chain: Chain) -> None:
    printed = chain.head()
    (chain.folder / "00000003.json").unlink()
    assert len(chain.entries()) == 2
    assert printed not in {one.hash for one in chain.entries()}
