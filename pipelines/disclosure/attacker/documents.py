"""What a public document tells beyond the public figures: attacked as a reader would, from its bytes.

What belongs here: reading tables, alternative texts and marks of charts out of HTML, Word, spreadsheets and PDF, and
finding numbers in them where the published figures are hidden. What does not: whether the published figures give each
other away (`pipelines.disclosure`), identifiers (`pipelines.release.scan`).

Nothing here knows how a pack is made. Three readers attack:
- one who takes the list of figures in the spreadsheet at its word, looks each cell of every format up in the public
  figures, and finds a number where those hide one, or have none;
- one who trusts no list: a line of a table or chart is recognised by its labels and by the numbers that it shares with
  a line of the public figures; where the rest agrees, what it prints in place of a hidden number is told;
- one who lays the formats of a document side by side: what one hides and another prints is told.
A finding never holds the number: its text goes to logs and screens.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import polars as pl

HIDDEN = "[c]"
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_SYMBOL = re.compile(r"\[[a-z]+\]")
_QUARTER = re.compile(r"\d{4}-\d{2}-Q[1-4]")
_PAIR = re.compile(rf"({_QUARTER.pattern}) (\[\w+\]|{_NUMBER.pattern})(?![\d%-])")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NEXT_YEAR = _MONTHS[:3]
_MONTH = re.compile(rf"\b({'|'.join(_MONTHS)}) (\d{{4}})-\d{{2}} (\[\w+\]|{_NUMBER.pattern})")
_FROM_TO = re.compile(rf"([^;:]+?) from (\[\w+\]|{_NUMBER.pattern}) to (\[\w+\]|{_NUMBER.pattern})[;.]")
_A_MONTH = re.compile(r"\d{4}-\d{2}")
_PLACE = re.compile(r"translate\(([-\d.]+),\s*([-\d.]+)\)")
# Lines are recognised by what varies along them.
_ALONG = ("area_code", "period_label", "breakdown_value")
_OF_A_LINE = (
    "measure_id", "authority", "area_code", "period_kind", "period_label", "breakdown", "breakdown_value", "statistic",
)  # fmt: skip
_OF_AN_ID = ("authority", "measure_id", *_OF_A_LINE[2:])
# Fewer shared numbers than these are chance, unless the words around the line name the measure.
_ENOUGH, _ENOUGH_WHEN_NAMED = 2, 1

_FIGURES = "Figures"

Key = tuple[str, ...]
CellName = tuple[str, str, str]
"""The caption of a table, the row's name and the column's heading."""
Labelled = tuple[str, set[str], str]
"""A label as it is printed, what it may stand for, and what is printed at it."""
Series = Mapping[str, str]
"""What stands at each label: a number as digits, or a symbol in brackets."""
Of = tuple[str, Series]
"""A line of the public figures with its measure."""


@dataclass(frozen=True)
class Grid:
    """A table as it is printed.

    Attributes:
        file: The file's name.
        caption: Its caption.
        header: The texts of its first row.
        rows: The texts of the others.
    """

    file: str
    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class ChartLine:
    """What a chart, or the text in place of it, says along one line.

    Attributes:
        where: The chart's first words.
        numbers: By label, digits or a symbol.
        within: How far a number may be from the one meant, since it was read off an axis.
    """

    where: str
    numbers: Series
    within: float = 0


@dataclass(frozen=True)
class Told:
    """A place where a document tells what is hidden.

    Attributes:
        file: The file's name.
        where: The table's caption or the chart's first words, and the row and column.
        why: What it contradicts, without the number.
    """

    file: str
    where: str
    why: str

    def __str__(self) -> str:
        """Say it, without the number."""
        return f"{self.file}, {self.where}: {self.why}"


class _Document:
    """What a reader gets out of one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.grids = list(grids_of(path)) if path.suffix in _READERS else []
        self.charts = list(_CHARTS[path.suffix](path)) if path.suffix in _CHARTS else []
        self.names = _named_cells(path) if path.suffix == ".xlsx" else {}


class DocumentsTellError(Exception):
    """A public document tells a number that is hidden in the public figures, so nothing was issued."""

    def __init__(self, told: Sequence[Told]) -> None:
        listed = "\n".join(f"  {one}" for one in told[:20])
        super().__init__(
            f"Public documents tell in {len(told)} places what the public figures hide; nothing was issued. The pack's "
            f"source prints a figure that was not taken from the public edition: mend it and approve again.\n{listed}"
        )


def require_nothing_told(documents: Iterable[Path], published: Path, labels: Path) -> None:
    """Raise DocumentsTellError when a public document tells more than the public figures.

    Args:
        documents: HTML, Word, spreadsheet and PDF files; others are passed over.
        published: The public figures, Parquet.
        labels: The published labels, Parquet.
    """
    if found := told_by(documents, published, labels):
        raise DocumentsTellError(found)


def told_by(documents: Iterable[Path], published: Path, labels: Path) -> list[Told]:
    """Return every place where a document prints what is hidden in the figures, or in another of its formats."""
    found: list[Told] = []
    read = {path: _Document(path) for path in sorted(documents) if path.suffix in {*_READERS, ".pdf"}}
    if not any(one.grids or one.charts for one in read.values()):
        return found
    reader = _Reader(published, labels)
    of_stem: dict[str, list[_Document]] = defaultdict(list)
    for path, document in read.items():
        of_stem[path.stem].append(document)
    for formats in of_stem.values():
        names = {key: ids for one in formats for key, ids in one.names.items()}
        for one in formats:
            for grid in one.grids:
                found += [*reader.told_by_grid(grid), *reader.told_by_names(grid, names)]
            for line in one.charts:
                found += reader.told_by_line(one.path.name, line)
        for one, other in combinations(formats, 2):
            found += _told_by_one_of_two(one.path.name, one.grids, other.path.name, other.grids)
        with_tables = next((one.grids for one in formats if one.grids), [])
        for one in formats:
            if one.path.suffix == ".pdf":
                found += _told_by_pdf(one.path, with_tables)
    return list(dict.fromkeys(found))


def grids_of(path: Path) -> Iterator[Grid]:
    """Yield the tables of an HTML, Word or spreadsheet file, in its order."""
    for caption, rows in _READERS[path.suffix](path):
        whole = [tuple(_plain(cell) for cell in row) for row in rows]
        if len(whole) > 1:
            yield Grid(path.name, _plain(caption), whole[0], tuple(whole[1:]))


# Reading each format.


def _from_html(path: Path) -> Iterator[tuple[str, list[list[str]]]]:
    from lxml import html  # type: ignore[import-untyped]  # noqa: PLC0415 - loaded where a document is read

    for table in html.parse(str(path)).iter("table"):
        caption = table.find("caption")
        rows = [[cell.text_content() for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
        yield caption.text_content() if caption is not None else "", rows


def _from_word(path: Path) -> Iterator[tuple[str, list[list[str]]]]:
    import docx  # noqa: PLC0415 - loaded where a document is read
    from docx.table import Table  # noqa: PLC0415

    before = ""
    for part in docx.Document(str(path)).iter_inner_content():
        if isinstance(part, Table):
            yield before, [[cell.text for cell in row.cells] for row in part.rows]
        elif part.text:
            before = part.text


def _from_spreadsheet(path: Path) -> Iterator[tuple[str, list[list[str]]]]:
    import openpyxl  # type: ignore[import-untyped]  # noqa: PLC0415 - loaded where a document is read

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        for sheet in book:
            lines = [list(row) for row in sheet.iter_rows(values_only=True)]
            starts = [place for place, row in enumerate(lines) if sum(cell is not None for cell in row) > 1]
            if not starts or not sheet.title.startswith("Table"):
                continue
            header = lines[starts[0]]
            # The last column says the status of the row in words, which no other format has.
            width = len(header) - (1 if header[-1] == "Status" else 0)
            rows = [row[:width] for row in lines[starts[0] :] if row[0] is not None]
            yield _caption(sheet), [[_cell(cell) for cell in row] for row in rows]
    finally:
        book.close()


def _named_cells(path: Path) -> dict[CellName, set[str]]:
    """Return the ids of figures that a workbook's last sheet gives by caption, row and column."""
    import openpyxl  # noqa: PLC0415 - loaded where a document is read

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    found: dict[CellName, set[str]] = defaultdict(set)
    try:
        if _FIGURES not in book.sheetnames:
            return found
        captions = {sheet.title: _caption(sheet) for sheet in book if sheet.title.startswith("Table")}
        for row in book[_FIGURES].iter_rows(values_only=True):
            if len(row) > 5 and row[0] in captions and row[5]:
                found[captions[row[0]], _plain(str(row[1])), _plain(str(row[2]))].add(str(row[5]))
    finally:
        book.close()
    return found


def _caption(sheet: Any) -> str:
    first = next(sheet.iter_rows(max_row=1, values_only=True))[0]
    return _plain(str(first or "").partition(": ")[2])


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else str(value)


_READERS = {".html": _from_html, ".docx": _from_word, ".xlsx": _from_spreadsheet}


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\xad", "")).strip()


def _value(text: str) -> str | None:
    """Return what a cell says as a count: digits, or a symbol; None where it says something else."""
    if _SYMBOL.fullmatch(text):
        return text
    return text.replace(",", "") if _NUMBER.fullmatch(text) else None


def _charts_of_html(path: Path) -> Iterator[ChartLine]:
    """Yield what the alternative text and tooltips of each chart say, and what its marks stand at."""
    from lxml import html  # noqa: PLC0415 - loaded where a document is read

    for picture in html.parse(str(path)).iter("svg"):
        said = _plain(picture.get("aria-label") or "")
        yield from _said_of_chart(said)
        for tooltip in picture.iter("title", "desc"):
            yield from _said_of_chart(_plain(tooltip.text_content()))
        if marks := _marks(picture):
            # Two hundredths of the highest is more than a pixel.
            within = max(1.0, 0.02 * max(map(float, marks.values())))
            yield ChartLine(f"marks of the {_name_of_chart(said)}", marks, within)


def _charts_of_word(path: Path) -> Iterator[ChartLine]:
    """Yield what the alternative text of each picture says."""
    import docx  # noqa: PLC0415 - loaded where a document is read

    for element in docx.Document(str(path)).element.body.iter():
        if element.tag.endswith("}docPr"):
            yield from _said_of_chart(_plain(element.get("descr") or ""))


_CHARTS = {".html": _charts_of_html, ".docx": _charts_of_word}


def _said_of_chart(text: str) -> Iterator[ChartLine]:
    for line in _lines_of_text(text):
        yield ChartLine(_name_of_chart(text), line)


def _name_of_chart(text: str) -> str:
    return f"chart “{text.partition(':')[0]}”"


def _lines_of_text(text: str) -> Iterator[dict[str, str]]:
    """Yield what a sentence says by quarter, by month, and of areas at the beginning and at the end of a time."""
    months = {
        f"{int(year) + (month in _NEXT_YEAR)}-{_MONTHS.index(month) + 1:02}": number
        for month, year, number in _MONTH.findall(text)
    }
    changes = _FROM_TO.findall(text.partition(": ")[2])
    first, last = ({area: change[place] for area, *change in changes} for place in (0, 1))
    for line in (dict(_PAIR.findall(text)), months, first, last):
        if line:
            yield {label: number.replace(",", "") for label, number in line.items()}


def _marks(picture: Any) -> dict[str, str]:
    """Return what the marks of a chart of one line stand at by quarter, read off its two axes as with a ruler."""
    across: dict[float, str] = {}
    numbers: list[tuple[float, float]] = []
    year = ""
    for label, (x, y) in _placed(picture, "text", "role-axis-label"):
        words = [part.text_content() for part in label.iter("tspan")] or [label.text_content()]
        if re.fullmatch(r"Q[1-4]", words[0]):
            year = words[-1] if re.fullmatch(r"\d{4}-\d{2}", words[-1]) else year
            across[x] = f"{year}-{words[0]}"
        elif (number := _value(words[0])) and number.isdigit():
            numbers.append((y, float(number)))
    # A number stands a little beside its line, so that the lines are taken, in the same order.
    lines = sorted({y for _, (_, y) in _placed(picture, "line", "role-axis-grid")})
    if len(across) < 2 or len(lines) < 2 or len(lines) != len(numbers):
        return {}
    (_, top), *_, (_, bottom) = sorted(numbers)
    step = (bottom - top) / (lines[-1] - lines[0])
    read: dict[str, str] = {}
    for _, (x, y) in _placed(picture, "path", "mark-symbol"):
        quarter = across[min(across, key=lambda place: abs(place - x))]
        if quarter in read:
            return {}  # several lines
        read[quarter] = str(round(top + (y - lines[0]) * step))
    # What stands under the axis is a sign in place of a number.
    return {quarter: number for quarter, number in read.items() if not number.startswith("-")}


def _placed(picture: Any, tag: str, role: str) -> Iterator[tuple[Any, tuple[float, float]]]:
    """Yield the elements of a role, each with where it stands."""
    for element in picture.iter(tag):
        place = _PLACE.search(element.get("transform") or "")
        if place and role in (element.getparent().get("class") or ""):
            yield element, (float(place[1]), float(place[2]))


# Recognising lines.


class _Reader:
    """Knows the public figures and their labels, and nothing else."""

    def __init__(self, published: Path, labels: Path) -> None:
        series: dict[str, dict[Key, dict[str, str]]] = {along: defaultdict(dict) for along in _ALONG}
        self.areas_of: dict[str, set[str]] = defaultdict(set)
        self.figures: dict[str, str] = {}
        for row in pl.read_parquet(published).iter_rows(named=True):
            self.areas_of[row["authority"]].add(row["area_code"])
            hidden = f"[{row['status']}]" if row["status"] != "value" else None
            said = hidden or _digits(row["value"] if row["numerator"] is None else row["numerator"])
            name = "/".join(row[part] for part in _OF_AN_ID)
            self.figures[name], self.figures[f"{name}/of"] = said, hidden or _digits(row["denominator"])
            for along in _ALONG:
                fixed = tuple(row[name] for name in _OF_A_LINE if name != along)
                series[along][fixed][row[along]] = said
        self.holding: dict[tuple[str, str], dict[str, list[tuple[str, Series]]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for along, lines in series.items():
            for fixed, line in lines.items():
                for key, said in line.items():
                    self.holding[along, key][said].append((fixed[0], line))
        names = pl.read_parquet(labels).select("kind", "key", "label").unique().rows()
        districts = {key for kind, key, _ in names if kind == "area"}
        self.keys: dict[str, dict[str, set[str]]] = {along: defaultdict(set) for along in _ALONG}
        self.titles: dict[str, str] = {}
        for kind, key, label in names:
            if kind == "area":
                self.keys["area_code"][label].add(key)
            elif kind == "authority":
                # The county has the authority's name: it is the area with figures that has none of its own.
                self.keys["area_code"][label].update(self.areas_of[key] - districts)
            elif kind == "breakdown_value":
                self.keys["breakdown_value"][label].add(key)
            elif kind == "measure":
                self.titles[key] = label
        self.keys["breakdown_value"]["All"].add("total")

    def told_by_names(self, grid: Grid, names: Mapping[CellName, set[str]]) -> Iterator[Told]:
        """Yield where a cell that is named prints a number that the public figures hide, or do not have."""
        for row in grid.rows:
            for head, cell in zip(grid.header[1:], row[1:], strict=False):
                ids = {base for name in names.get((grid.caption, row[0], head), ()) if (base := self._of_figure(name))}
                if not ids or not _NUMBER.search(cell):
                    continue
                said = [self.figures.get(one) for one in ids]
                if not any(one is not None and _NUMBER.fullmatch(one) for one in said):
                    why = "the public figures hide it" if None not in said else "the public figures do not have it"
                    yield Told(grid.file, f"table “{grid.caption}”, row “{row[0]}”, column “{head}”", why)

    def _of_figure(self, name: str) -> str | None:
        """Return the figure that an id is of; None for what is no figure of a measure, such as a published table's."""
        parts = name.split("/")
        if len(parts) < len(_OF_A_LINE) or parts[0] not in self.areas_of or "senders" in parts[len(_OF_A_LINE) :]:
            return None
        if parts[len(_OF_A_LINE) - 1] == "share_of":
            parts[len(_OF_A_LINE) - 1] = "share"
            return "/".join([*parts[: len(_OF_A_LINE)], "of"])
        return "/".join(parts[: len(_OF_A_LINE)])

    def told_by_grid(self, grid: Grid) -> Iterator[Told]:
        """Yield where a table prints what is hidden, by its columns and by its rows."""
        names = [row[0] for row in grid.rows if row]
        for place, head in enumerate(grid.header[1:], start=1):
            column = [row[place] if len(row) > place else "" for row in grid.rows]
            about = f"{grid.caption} {head}"
            yield from self._told(grid.file, f"table “{grid.caption}”, column “{head}”", about, names, column)
        for row in grid.rows:
            about = f"{grid.caption} {row[0]}"
            yield from self._told(grid.file, f"table “{grid.caption}”, row “{row[0]}”", about, grid.header[1:], row[1:])

    def told_by_line(self, file: str, line: ChartLine) -> Iterator[Told]:
        """Yield where a line of a chart shows what is hidden."""
        labels, cells = list(line.numbers), list(line.numbers.values())
        yield from self._told(file, line.where, line.where, labels, cells, within=line.within)

    def _told(  # noqa: PLR0913 - a line and what is known of it
        self, file: str, where: str, about: str, names: Sequence[str], cells: Sequence[str], *, within: float = 0
    ) -> Iterator[Told]:
        for along in _ALONG:
            said = {name: value for name, cell in zip(names, cells, strict=False) if (value := _value(cell))}
            keyed = [(name, keys, said[name]) for name in said if (keys := self._keys(along, name))]
            numbers = [value for _, _, value in keyed if not value.startswith("[")]
            if len(keyed) < 2 or not numbers:
                continue
            likely: list[list[str]] = []
            for measure_id, series in self._with(along, keyed, within):
                compared = _compared(keyed, series, within)
                if compared is None:
                    continue
                agreed, hidden = compared
                if not hidden:
                    likely = []
                    break  # a line that prints just this
                enough = _ENOUGH_WHEN_NAMED if self.titles.get(measure_id, "\0") in about else _ENOUGH
                if agreed >= enough:
                    likely.append(hidden)
            if likely:
                names_told = min(likely, key=len)
                yield Told(file, where, f"a number stands at {', '.join(names_told)}, which the public figures hide")

    def _with(self, along: str, keyed: Sequence[Labelled], within: float) -> Iterator[Of]:
        """Yield the lines of the figures that have what is printed at the first number, or hide it."""
        keys, printed = next((keys, printed) for _, keys, printed in keyed if not printed.startswith("["))
        for key in keys:
            at = self.holding[along, key]
            for value in at if within else (printed, HIDDEN):
                yield from at.get(value, ())

    def _keys(self, along: str, name: str) -> set[str]:
        plain = re.sub(r", all$", "", name)
        if along == "period_label":
            period = _QUARTER.search(name) or _A_MONTH.fullmatch(name)
            return {period[0]} if period else set()
        return self.keys[along].get(plain.strip(), set())


def _digits(number: float | None) -> str:
    return "" if number is None else f"{number:.0f}" if float(number).is_integer() else str(number)


def _compared(keyed: Sequence[Labelled], series: Series, within: float) -> tuple[int, list[str]] | None:
    """Return how many numbers agree and where one stands in place of a hidden one; None where the lines differ."""
    agreed, hidden = 0, []
    for name, keys, printed in keyed:
        there = {series[key] for key in keys if key in series}
        if any(_same(known, printed, within) for known in there):
            # Nothing and symbols stand in so many lines that they recognise none.
            agreed += printed.strip("0") != "" and not printed.startswith("[")
        elif HIDDEN in there and not printed.startswith("["):
            hidden.append(name)
        else:
            return None
    return agreed, hidden


def _same(known: str, printed: str, within: float) -> bool:
    if not known or known.startswith("[") or printed.startswith("["):
        return known == printed
    return abs(float(known) - float(printed)) <= within


# Formats of one document against each other.


def _told_by_one_of_two(file: str, grids: Sequence[Grid], other_file: str, others: Sequence[Grid]) -> Iterator[Told]:
    """Yield where one format prints a number and the other hides it."""
    by_caption = {(grid.caption, grid.header): grid for grid in others}
    for grid in grids:
        twin = by_caption.get((grid.caption, grid.header))
        for row, its_row in zip(grid.rows, twin.rows if twin else (), strict=False):
            for head, one, other in zip(grid.header, row, its_row, strict=False):
                for told, by, in_other in ((one, file, other), (other, other_file, one)):
                    if in_other == HIDDEN and told != HIDDEN:
                        where = f"table “{grid.caption}”, row “{row[0]}”, column “{head}”"
                        yield Told(by, where, "another format of the document hides it")


def _told_by_pdf(path: Path, grids: Sequence[Grid]) -> Iterator[Told]:
    """Yield the rows with something hidden that the PDF does not print just so."""
    import pypdfium2  # type: ignore[import-untyped]  # noqa: PLC0415 - loaded where a document is read

    document = pypdfium2.PdfDocument(path)
    try:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()
    text = re.sub(r"\s+", "", "".join(pages).replace("\xad", "").replace("\ufffe", "-"))
    for grid in grids:
        for row in grid.rows:
            if HIDDEN in row and re.sub(r"\s+", "", "".join(row)) not in text:
                where = f"table “{grid.caption}”, row “{row[0]}”"
                yield Told(path.name, where, "the row hides something elsewhere, and is not printed so here")
