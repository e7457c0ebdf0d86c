"""What does not print a number must not tell it either: the order of rows, the axis of a chart, a percentage."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from made_up_county import COUNTY, DISTRICTS, write_observations

from pipelines.disclosure import Rule, write_figures
from pipelines.project_files import reports
from pipelines.rendering.story.charts import bar_chart, draw, trend_chart
from pipelines.rendering.story.figures import FigureSet, Key, load_figures, share_text
from pipelines.rendering.story.periods import Quarter
from pipelines.rendering.story.sentences import Series

PUBLIC = ("public.csv", "public.parquet", "labels.parquet")


def quarter(measure: str, number: float, **changed: Any) -> dict[str, Any]:
    row = {
        "measure_id": measure,
        "definition_version": "1",
        "authority": "lancashire",
        "area_code": COUNTY,
        "period_kind": "quarter",
        "period_start": date(2026, 7, 1),
        "period_label": "2026-27-Q2",
        "breakdown": "total",
        "breakdown_value": "total",
        "statistic": "people",
        "numerator": int(number),
        "denominator": None,
        "value": float(number),
        "as_at": date(2026, 9, 30),
        "senders_received": 4,
        "senders_expected": 4,
        "coverage": "complete",
    }
    return row | changed


def publish(folder: Path, rows: list[dict[str, Any]], **given: Any) -> Path:
    write_observations(folder, rows)
    write_figures(folder, build_id="attacked", **given)
    (folder / "figures" / "build.json").write_text(json.dumps({"build_id": "attacked"}), encoding="utf-8")
    return folder


def public_bytes(build: Path) -> dict[str, bytes]:
    return {name: (build / "figures" / name).read_bytes() for name in PUBLIC}


def figures_of(build: Path) -> FigureSet:
    return load_figures(build, authority="lancashire", edition="public")


def by_district(numbers: dict[str, int]) -> list[dict[str, Any]]:
    kind = {"period_kind": "rolling_4q", "period_start": date(2025, 10, 1), "statistic": "events"}
    return [quarter("social_moves", number, area_code=area, **kind) for area, number in numbers.items()]


def homes(family: int, custody: int, supported: int) -> list[dict[str, Any]]:
    kinds = {"family": family, "custody": custody, "supported": supported}
    whole = sum(kinds.values())
    rows = [
        quarter("accommodation_now", number, breakdown="kind_of_home", breakdown_value=kind, denominator=whole)
        for kind, number in kinds.items()
    ]
    return [quarter("accommodation_now", whole, denominator=whole), *rows]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # two hidden districts, the larger first and the larger last
        (by_district({COUNTY: 60, DISTRICTS[0]: 3, DISTRICTS[1]: 7, DISTRICTS[2]: 50}),
         by_district({COUNTY: 60, DISTRICTS[0]: 7, DISTRICTS[1]: 3, DISTRICTS[2]: 50})),
        # kinds of home, hidden ones in the one order of size and in the other, and of another sum than before
        (homes(4, 30, 900), homes(30, 4, 900)),
    ],
)  # fmt: skip
def test_the_published_bytes_are_the_same_whatever_is_hidden_in_them(
    tmp_path: Path, one: list[dict[str, Any]], other: list[dict[str, Any]]
) -> None:
    # given two truths that differ only where both hide, so that no order, name or length of a file may differ
    assert public_bytes(publish(tmp_path / "one", one)) == public_bytes(publish(tmp_path / "other", other))


def numbers_in(svg: Path) -> list[float]:
    return [float(one) for one in re.findall(r">(\d+)<", svg.read_text(encoding="utf-8"))]


def test_the_axis_of_a_chart_ends_with_what_is_shown(tmp_path: Path) -> None:
    # given a quarter of 900 that is hidden, between quarters of 20 and 30
    labels = ["2026-27-Q1", "2026-27-Q2"]
    rows = [
        quarter("social_moves", number, period_label=label, period_start=start)
        for number, label, start in ((30, labels[0], date(2026, 4, 1)), (20, labels[1], date(2026, 7, 1)))
    ]
    rows += [{**row, "measure_id": "supported_moves", "numerator": 900, "value": 900.0} for row in rows]
    build = publish(tmp_path / "build", rows, rules={"*": Rule(sensitive=("supported_moves",))})
    found = figures_of(build)
    keys = [Key("social_moves", COUNTY, labels[0]), Key("supported_moves", COUNTY, labels[1])]
    figures = tuple(found.find(key) for key in keys)
    assert [figure.text for figure in figures] == ["30", "[c]"]
    fonts = reports() / "fonts"
    # when both are drawn as a line and as bars
    draw(trend_chart(Series("Moves", "moves", (Quarter(2026, 1), Quarter(2026, 2)), figures)), tmp_path / "line", fonts)
    draw(bar_chart([("Social", figures[0]), ("Supported", figures[1])]), tmp_path / "bars", fonts)
    # then no number in the picture is larger than the one shown
    for name in ("line", "bars"):
        assert max(numbers_in(tmp_path / f"{name}.svg")) == 30


def test_a_percentage_of_a_known_denominator_is_hidden_with_its_count(tmp_path: Path) -> None:
    # given 3 of 20 applications without a flag, on a register whose 20 applications are published
    register = [quarter("on_register", 20, statistic=statistic) for statistic in ("events", "people")]
    share = quarter("flagged_on_register", 17, statistic="share", denominator=20, value=0.85)
    found = figures_of(publish(tmp_path / "build", [*register, share]))
    flagged = found.find(Key("flagged_on_register", COUNTY, "2026-27-Q2", "share"))
    applications = found.find(Key("on_register", COUNTY, "2026-27-Q2", "events"))
    assert (flagged.text, flagged.value, applications.text) == ("[c]", None, "20")
    # then no percentage is made of them
    assert share_text(flagged, applications) == "[c]"
