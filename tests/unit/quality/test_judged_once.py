"""A load is judged when it is new: what came of it is kept, told again, and not undone by what arrives later."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from loads_of_a_test import HandMadeLanding
from loads_of_a_test import cases_without_fault as cases

import quality
from pipelines.contracts import Contracts
from quality.report import QualityReport

CASES = "homelessness__cases"
DOVER = "E07000108"
JUNE, JULY, AUGUST = date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 31)


def kept(report: QualityReport) -> list[quality.Judgement]:
    """Return the judgements after a stay on disk."""
    return [quality.Judgement.from_json(json.loads(json.dumps(one.as_json()))) for one in report.judged]


def pages(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def test_what_was_kept_is_told_again_word_for_word(
    landing: HandMadeLanding, contracts: Contracts, tmp_path: Path
) -> None:
    """Given files of which one is held and one only odd, when the next run has nothing new, then the letters stay."""
    loads = [
        landing.load(CASES, DOVER, JUNE, cases(40), refused={"reason_for_loss": 9}),
        landing.load(CASES, DOVER, JULY, cases(12)),
        landing.load("homelessness__placements", DOVER, JULY, []),
    ]
    profiles = quality.profile_loads(loads, landing.folder, contracts)
    then = quality.check_loads(profiles, contracts, data_docs=tmp_path / "then")
    assert then.held_load_ids == (loads[1].load_id,)

    now = quality.check_loads({}, contracts, data_docs=tmp_path / "now", earlier=kept(then))

    assert now.results == then.results
    assert now.loads_judged == 3
    assert now.judged == ()
    assert pages(tmp_path / "now") == pages(tmp_path / "then")


def test_a_late_older_file_does_not_hold_what_is_in_use(
    landing: HandMadeLanding, contracts: Contracts, tmp_path: Path
) -> None:
    """Given June and August in use, when July comes late with far more rows, then only July is judged."""
    june = landing.load(CASES, DOVER, JUNE, cases(40))
    august = landing.load(CASES, DOVER, AUGUST, cases(41))
    first = quality.check_loads(
        quality.profile_loads([june, august], landing.folder, contracts), contracts, data_docs=tmp_path
    )
    assert first.held_load_ids == ()
    july = landing.load(CASES, DOVER, JULY, cases(400), days_later=60)
    all_again = quality.profile_loads([june, july, august], landing.folder, contracts)
    undone = quality.check_loads(all_again, contracts, data_docs=tmp_path)
    assert undone.held_load_ids == (august.load_id,), "else nothing is shown here"

    new = quality.profile_loads([july], landing.folder, contracts, previous=[june, august])
    report = quality.check_loads(new, contracts, data_docs=tmp_path, earlier=kept(first))

    assert report.held_load_ids == ()
    assert [one.load_id for one in report.judged] == [july.load_id]
    (volume,) = [one for one in report.results if one.name == "rows_did_not_double"]
    assert volume.load_ids == (july.load_id,)
    assert volume.loads_judged == 2


def test_a_check_that_came_with_a_later_contract_judges_nothing_before_it(
    landing: HandMadeLanding, contracts: Contracts, tmp_path: Path
) -> None:
    load = landing.load(CASES, DOVER, JUNE, cases(40))
    report = quality.check_loads(
        quality.profile_loads([load], landing.folder, contracts), contracts, data_docs=tmp_path
    )
    document = report.judged[0].as_json()
    without = {name: value for name, value in document["profile"].items() if name != "arrival_days"}

    told = quality.check_loads(
        {},
        contracts,
        data_docs=tmp_path,
        earlier=[quality.Judgement.from_json({**document, "profile": without, "failed": ["a_check_of_the_past"]})],
    )

    (arrival,) = [one for one in told.results if one.name == "arrived_in_time"]
    assert (arrival.success, arrival.loads_judged) == (True, 0)
    assert told.failures == ()
