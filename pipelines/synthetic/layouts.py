"""How each sender lays out its files: the typed reading of layouts.yml.

What belongs here: formats, headers, spellings. What does not: writing a file (files.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from pipelines.synthetic.chance import share
from pipelines.synthetic.reference import reference
from pipelines.synthetic.tables import Table

ODD_LABELS = 0.05  # H-CLIC labels that come with a trailing space or a no-break space


@dataclass(frozen=True)
class Layout:
    """One sender's layout of one table.

    Attributes:
        kind: csv or xlsx.
        dates: iso, iso_time, dmy, real or serial.
        header_row: row of the headers (1-based); in a csv the rows above describe the columns.
        data_date_in: name, column or meta.
        data_date_header: header of the column that holds the data date, if it stands in one.
        headers: canonical column -> header; columns that the sender does not send are absent.
        spellings: code list -> code -> what the sender writes.
        notes: header of a column of free text, if there is one.
        outcomes: the scheme's own words for what became of a bid: the one that won, then the others.
        unused: further headers and what stands in all their cells, None where the rows say it.
    """

    sender: str
    table: Table
    kind: str
    delimiter: str
    encoding: str
    dates: str
    header_row: int
    sheet: str
    cover_sheet: bool
    data_date_in: str
    data_date_header: str
    headers: dict[str, str]
    spellings: dict[str, dict[str, list[str]]]
    notes: str
    outcomes: tuple[str, ...]
    unused: dict[str, str | None]

    def spell(self, code_list: str, code: str, cell: str) -> str:
        """Return what the sender writes for a code in the cell of that name; the same cell is always spelt the same."""
        choices = self.spellings.get(code_list, {}).get(code)
        if choices:
            return choices[int(share(cell, code) * len(choices))]
        label = reference().labels[code_list][code]
        if self.table.family != "homelessness":
            return label
        odd = share("odd", cell, code)
        if odd < ODD_LABELS / 2:
            return label + " "
        return label.replace(" ", "\u00a0", 1) if odd < ODD_LABELS else label


@cache
def _all() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((files("pipelines.synthetic") / "layouts.yml").read_text(encoding="utf-8"))
    return found


def _heading(name: str) -> str:
    """Return a column's name as the heading of a form that people fill in."""
    words = name.replace("_", " ").replace("gss", "GSS").replace(" id", " ID")
    return words[0].upper() + words[1:]


@cache
def layout(sender: str, table: Table) -> Layout:
    """Return the layout of a table from a sender (authority, scheme or district GSS code)."""
    known = _all()
    product = known["homelessness_vendor"][sender] if table.family == "homelessness" else sender
    entry = known[table.family][product]
    form = entry["format"] | entry.get("format_of", {}).get(table.name, {})
    headers = entry.get("headers", {}).get(table.name)
    if headers is None:  # the case system's headers are the SSD's own names, and a tenure has no column there
        derived = {field.name for field in table.fields if field.derived}
        named = _heading if entry.get("headings") else str
        headers = {name: named(name) for name in table.columns if name not in derived}
    spellings = entry.get("spellings", {})
    if entry.get("codes_as_they_are"):
        lists = {field.code_list for field in table.fields if field.code_list} - spellings.keys()
        spellings = spellings | {name: {code: [code] for code in reference().labels[name]} for name in lists}
    return Layout(
        sender=sender,
        table=table,
        kind=form["kind"],
        delimiter=form.get("delimiter", ","),
        encoding=form.get("encoding", "utf-8"),
        dates=form["dates"],
        header_row=form.get("header_row", 1),
        sheet=form.get("sheet", table.name),
        cover_sheet=form.get("cover_sheet", False),
        data_date_in=entry["data_date"]["in"],
        data_date_header=entry["data_date"].get("header", ""),
        headers=headers,
        spellings=spellings,
        notes=entry.get("notes", ""),
        outcomes=tuple(entry.get("outcomes", ())),
        unused=entry.get("unused", {}).get(table.name, {}),
    )
