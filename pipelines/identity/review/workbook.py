"""The review workbook: pairs side by side, why they look alike, and a place for the answer.

What belongs here: layout and words. What does not: which pairs there are (`queue`), reading it back (`reading`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from pipelines.identity.decisions import VERDICTS
from pipelines.identity.review.queue import Pair, Side

DECIDE, WHY, HELP = "Decide", "Why", "How to"
HEADER_ROW = 1
ANSWERS = ("Decision", "Reason", "Decided by")
KEYS = ("family", "table", "sender", "ref", "council", "case-system id")
SIDE = ("Source", "Reference", "Name", "Date of birth", "NI number", "Postcodes", "Adviser", "Care leaver")
COLUMNS = (
    "Pair",
    *(f"This: {name.lower()}" for name in SIDE),
    *(f"That: {name.lower()}" for name in SIDE),
    "Probability",
    "Why they look alike",
    "Weight so far",
    "Why you are asked",
    *ANSWERS,
    *KEYS,
)
WIDE = {"name": 26, "postcodes": 24, "reference": 14, "source": 20, "adviser": 20}
COMPARED = {
    "prior": "two records drawn at random",
    "name": "name",
    "birth": "date of birth",
    "postcode": "postcodes",
    "ni_number": "NI number",
    "adviser": "personal adviser",
    "care_leaver": "care-leaver flag",
    "county": "county",
}
HOW_TO = (
    "Each row of the sheet Decide shows two records that may be of one person: this one on the left, that one beside.",
    "Write in Decision: same (one person), different (two people) or unsure (nobody can tell from here).",
    "Write in Reason what settled it, and in Decided by your name. No reason is needed for unsure.",
    "Leave Decision empty to be asked again. Rows may be sorted and filtered; the columns on the right say which "
    "records a row is about: leave them as they are.",
    "The sheet Why lists what speaks for and against each pair. A weight of 1 doubles the odds that it is one person, "
    "-1 halves them; weights add up. The small chart beside a pair shows the sum after each step: above the line the "
    "pair is likelier one person than two.",
    "A decision holds in every later run. It can be changed only by deciding again about the same two records.",
    "This file holds names and birthdays. Keep it on the council's drive for such data, and delete it when it is read:",
    "lasting-homes review --import <this file>",
)


def write_workbook(pairs: Sequence[Pair], path: Path) -> None:
    """Write the pairs into a new workbook, readable by its owner alone.

    Args:
        pairs: The queue, in the order in which it is to be decided.
        path: The file, which must not exist: answers in an earlier one would be lost.
    """
    path.touch(mode=0o600, exist_ok=False)
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        formats = {
            "head": book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "valign": "top"}),
            "cell": book.add_format({"text_wrap": True, "valign": "top"}),
            "share": book.add_format({"num_format": "0.000", "valign": "top"}),
            "weight": book.add_format({"num_format": "+0.00;-0.00;0.00"}),
            "answer": book.add_format({"text_wrap": True, "valign": "top", "bg_color": "#FFF7D6", "border": 1}),
            "key": book.add_format({"font_color": "#777777", "valign": "top"}),
            "differs": book.add_format({"bg_color": "#FDE0DC"}),
        }
        decide, why, guide = (book.add_worksheet(name) for name in (DECIDE, WHY, HELP))
        places = _write_reasons(why, pairs, formats)
        _write_pairs(decide, pairs, places, formats)
        guide.set_column(0, 0, 110, formats["cell"])
        for number, line in enumerate(HOW_TO):
            guide.write_string(number, 0, line, formats["cell"])


def _write_reasons(sheet: Any, pairs: Sequence[Pair], formats: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """Write one row per pair and step; return each pair's first and last row."""
    for place, (name, width) in enumerate(
        (("Pair", 12), ("Compared", 26), ("Found", 36), ("Weight", 10), ("Sum so far", 12), ("Odds", 30))
    ):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, name, formats["head"])
    sheet.freeze_panes(1, 0)
    row, places = 1, {}
    for pair in pairs:
        total, first = 0.0, row
        for step in pair.steps:
            total += step.weight
            sheet.write_string(row, 0, pair.pair_id)
            sheet.write_string(row, 1, COMPARED.get(step.comparison, step.comparison))
            sheet.write_string(row, 2, step.found)
            sheet.write_number(row, 3, step.weight, formats["weight"])
            sheet.write_number(row, 4, round(total, 4), formats["weight"])
            sheet.write_string(row, 5, _odds(step.weight))
            row += 1
        if pair.steps:
            places[pair.pair_id] = (first, row - 1)
    return places


def _write_pairs(
    sheet: Any, pairs: Sequence[Pair], places: dict[str, tuple[int, int]], formats: dict[str, Any]
) -> None:
    for place, name in enumerate(COLUMNS):
        sheet.set_column(place, place, next((width for word, width in WIDE.items() if name.endswith(word)), 13))
        sheet.write_string(0, place, name, formats["head"])
    sheet.set_column(COLUMNS.index("Why they look alike"), COLUMNS.index("Why they look alike"), 46)
    sheet.set_column(COLUMNS.index("Why you are asked"), COLUMNS.index("Why you are asked"), 28)
    sheet.freeze_panes(HEADER_ROW, 1)
    for row, pair in enumerate(pairs, start=HEADER_ROW):
        _write_pair(sheet, row, pair, formats)
        if pair.pair_id in places:
            first, last = places[pair.pair_id]
            sheet.add_sparkline(
                row,
                COLUMNS.index("Weight so far"),
                {
                    "range": f"{WHY}!E{first + 1}:E{last + 1}",
                    "type": "column",
                    "negative_points": True,
                    "axis": True,
                },
            )
    if pairs:
        decision = COLUMNS.index("Decision")
        sheet.data_validation(
            HEADER_ROW, decision, len(pairs), decision, {"validate": "list", "source": list(VERDICTS)}
        )
        sheet.autofilter(0, 0, len(pairs), len(COLUMNS) - 1)


def _write_pair(sheet: Any, row: int, pair: Pair, formats: dict[str, Any]) -> None:
    texts = [pair.pair_id, *_side(pair.this), *_side(pair.that)]
    for place, text in enumerate(texts):
        sheet.write_string(row, place, text, formats["cell"])
    if pair.probability is not None:
        sheet.write_number(row, COLUMNS.index("Probability"), pair.probability, formats["share"])
    sheet.write_string(row, COLUMNS.index("Why they look alike"), _in_words(pair), formats["cell"])
    sheet.write_string(row, COLUMNS.index("Why you are asked"), pair.note, formats["cell"])
    for name in ANSWERS:
        sheet.write_blank(row, COLUMNS.index(name), None, formats["answer"])
    keys = (pair.one.family, pair.one.table, pair.one.sender, pair.one.ref, pair.other.sender, pair.other.ref)
    for place, text in enumerate(keys, start=COLUMNS.index(KEYS[0])):
        sheet.write_string(row, place, text, formats["key"])


def _side(side: Side) -> tuple[str, ...]:
    return (
        side.source,
        side.reference,
        side.names,
        side.births,
        side.ni_number,
        side.postcodes,
        side.adviser,
        side.care,
    )


def _in_words(pair: Pair) -> str:
    """Return what speaks for and what against the pair, the weightiest first."""
    known = [step for step in pair.steps if step.comparison != "prior" and step.found != "not known"]
    for_it = sorted((step for step in known if step.weight > 0), key=lambda step: -step.weight)
    against = sorted((step for step in known if step.weight < 0), key=lambda step: step.weight)
    said = [
        f"{words}: " + ", ".join(f"{COMPARED.get(step.comparison, step.comparison)} ({step.found})" for step in steps)
        for words, steps in (("For", for_it), ("Against", against))
        if steps
    ]
    return ". ".join(said)


def _odds(weight: float) -> str:
    times = 2 ** abs(weight)
    return f"{times:,.1f} times {'likelier' if weight >= 0 else 'less likely'}"
