"""The rule of an authority: threshold, rounding, zeros, sensitive and exempt measures."""

from pathlib import Path

import pytest
from hand_made_observations import (
    ASHFORD,
    CANTERBURY,
    DARTFORD,
    KENT,
    by_area,
    figures,
    make_build,
    observation,
    statuses,
)

from pipelines.disclosure import Rule, write_figures
from pipelines.settings import Settings, SettingsError

pytestmark = pytest.mark.usefixtures("wide_programme")
DISTRICTS = {KENT: 33, ASHFORD: 6, CANTERBURY: 7, DARTFORD: 20}
LANCASHIRE = {"authority": "lancashire", "area_code": "E10000017"}


@pytest.mark.parametrize(
    ("rule", "width"), [(Rule(), 3), (Rule(10), 8), (Rule(2), 1), (Rule(1), 1), (Rule(zeros="hide"), 4)]
)
def test_the_protection_width_is_what_the_rule_itself_tells(rule: Rule, width: int) -> None:
    assert rule.width == width


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [({"threshold": 0}, "1 or more"), ({"round_to": 0}, "multiples of 0"),
     ({"sensitive": ("a",), "exempt": ("a",)}, "sensitive or exempt")],
)  # fmt: skip
def test_a_rule_that_means_nothing_is_refused(wrong: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Rule(**wrong)  # type: ignore[arg-type]


def test_each_authority_has_its_own_threshold(tmp_path: Path) -> None:
    build = make_build(tmp_path, [observation(7), observation(7, **LANCASHIRE)])
    write_figures(build, build_id="b1", rules={"kent": Rule(threshold=10)})
    assert statuses(build, by="authority") == {"kent": "c", "lancashire": "value"}


def test_zeros_are_hidden_where_the_rule_says_so(tmp_path: Path) -> None:
    build = make_build(tmp_path, by_area("events", {KENT: 40, ASHFORD: 0, CANTERBURY: 20, DARTFORD: 20}))
    write_figures(build, build_id="b1", rules={"kent": Rule(zeros="hide")})
    shown = statuses(build)
    assert shown[ASHFORD] == "c"
    assert list(shown.values()).count("c") > 1
    assert shown[KENT] == "value"


def test_of_a_sensitive_measure_no_count_is_shown(tmp_path: Path) -> None:
    build = make_build(tmp_path, [observation(700), observation(0, **LANCASHIRE)])
    write_figures(build, build_id="b1", rules={"*": Rule(sensitive=("private_sector_moves",))})
    assert set(statuses(build, by="authority").values()) == {"c"}


def test_an_exempt_measure_shows_every_count_and_so_does_one_about_districts(tmp_path: Path) -> None:
    named = observation(1, measure_id="protocol_coverage", statistic="share", denominator=12, value=1 / 12)
    build = make_build(tmp_path, [observation(2), named, observation(2, measure_id="supported_moves")])
    write_figures(build, build_id="b1", rules={"*": Rule(exempt=("private_sector_moves",))})
    assert statuses(build, by="measure_id") == {
        "private_sector_moves": "value",
        "protocol_coverage": "value",
        "supported_moves": "c",
    }


def test_counts_are_rounded_after_hiding_and_the_audit_knows(tmp_path: Path) -> None:
    rows = [
        *by_area("events", {**DISTRICTS, ASHFORD: 3, KENT: 30}),
        observation(9, statistic="share", denominator=32, value=9 / 32),
    ]
    build = make_build(tmp_path, rows)
    report = write_figures(build, build_id="b1", rules={"kent": Rule(round_to=5)})
    public = figures(build, "public")
    events = public.filter(statistic="events")
    assert dict(events.select("area_code", "value").iter_rows()) == {
        KENT: 30,
        ASHFORD: None,
        CANTERBURY: None,
        DARTFORD: 20,
    }
    share = public.filter(statistic="share").row(0, named=True)
    assert (share["numerator"], share["denominator"], share["value"]) == (10, 30, 10 / 30)
    assert report.audit.safe


def test_a_home_writes_its_rules_in_its_settings(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    written = tmp_path / "config" / "settings.yml"
    written.write_text("disclosure:\n  public:\n    kent: {threshold: 10, zeros: hide, exempt: [escalations]}\n")
    rule = Settings.of_home(tmp_path).disclosure["public"]["kent"]
    assert Rule(**rule.model_dump()) == Rule(threshold=10, zeros="hide", exempt=("escalations",))
    # a word that is no part of a rule, and an edition that has none, are refused
    for wrong in ("disclosure: {public: {kent: {thresholds: 10}}}", "disclosure: {internal: {kent: {threshold: 10}}}"):
        written.write_text(wrong)
        with pytest.raises(SettingsError, match="disclosure"):
            Settings.of_home(tmp_path)
