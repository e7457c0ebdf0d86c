"""What DfE and MHCLG would publish of these lives: their tables in their real layouts, with invented numbers.

What belongs here: counting the lives as the returns do, the wider areas round them, the symbols in place of small
numbers. What does not: the pipeline's own measures; these count the lives themselves, not their records.

Only the two counties and their districts are lived; England, the regions and a few other councils are drawn round
them. Every file says in its name that its figures are invented.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from pipelines.synthetic.chance import share
from pipelines.synthetic.days import age_on, months_after
from pipelines.synthetic.files import CREATED
from pipelines.synthetic.homelessness import HomelessApplicant
from pipelines.synthetic.lives import Life
from pipelines.synthetic.rows import Row, Value

ENGLAND = "E92000001"
REGIONS = {"E12000008": "South East", "E12000002": "North West"}
# GSS code -> name, region and size beside its county, of councils that stand for the others of the tables
OTHERS = {
    "E10000030": ("Surrey", "E12000008", 0.55),
    "E10000014": ("Hampshire", "E12000008", 0.7),
    "E06000008": ("Blackburn with Darwen", "E12000002", 0.3),
    "E10000006": ("Cumbria", "E12000002", 0.35),
}
COUNTY_REGION = {"E10000016": "E12000008", "E10000017": "E12000002"}
NAMES = {"E10000016": "Kent", "E10000017": "Lancashire"}
REGION_TIMES, ENGLAND_TIMES = 6, 40
FEWEST = 6  # a smaller number of a council is confidential
UNKNOWN = "No information"
IN_TOUCH = {
    "YES": "Local authority in touch with care leaver",
    "NO": "Local authority not in touch with care leaver",
    "REFU": "Young person refuses contact",
    "NREQ": "Young person no longer requires services",
    "RHOM": "Young person no longer requires services",
}
TYPES = {
    "B": "With parents or relatives",
    "C": "Community home",
    "D": "Semi-independent, transitional accommodation",
    "E": "Supported lodgings",
    "G": "Gone abroad",
    "H": "Deported",
    "K": "Ordinary lodgings",
    "R": "Residence not known",
    "S": "No fixed abode/homeless",
    "T": "Foyers",
    "U": "Independent living",
    "V": "Emergency accommodation",
    "W": "Bed and breakfast",
    "X": "In custody",
    "Y": "Other accommodation",
    "Z": "With former foster carers",
}
# A figure's area: its level, region and council.
Area = tuple[str, str | None, str | None]
# What MHCLG writes for a figure that was not sent, and for one that it does not disclose, and their statuses.
SYMBOLS = {"..": "x", "-": "c"}
# A line of MHCLG: area, its name, its figures or the symbols in their place.
Line = tuple[str, str, list[int | str]]
Counted = Callable[[Life, date], str | None]


@dataclass(frozen=True)
class Table:
    """One DfE table.

    Attributes:
        table: which extract it is.
        category: column of what is counted.
        ages: label -> ages on 31 March.
        counted: a life and a day -> category, None where the life does not count.
        total: label of the total.
        suffix: what tells its file from another of the same table.
        further: values of further columns.
    """

    table: str
    category: str
    ages: Mapping[str, tuple[int, ...]]
    counted: Counted
    total: str
    suffix: str = ""
    further: tuple[tuple[str, str], ...] = ()


def _touch(life: Life, day: date) -> str | None:
    if life.eligibility.at(day) in (None, "none") or (life.died is not None and life.died <= day):
        return None
    return IN_TOUCH.get(life.in_touch.at(day) or "", "Local authority not in touch with care leaver")


def _home(life: Life, day: date) -> tuple[str, bool] | None:
    """Return code and suitability of the home of a day, None where nobody knows it."""
    home = next((one for one in life.homes if one.start <= day and (one.end is None or day < one.end)), None)
    return (home.code, home.suitable) if home is not None and _touch(life, day) == IN_TOUCH["YES"] else None


def _suitability(life: Life, day: date) -> str | None:
    if _touch(life, day) is None:
        return None
    home = _home(life, day)
    if home is None:
        return UNKNOWN
    return "Accommodation considered suitable" if home[1] else "Accommodation considered not suitable"


def _type(life: Life, day: date) -> str | None:
    if _touch(life, day) is None:
        return None
    home = _home(life, day)
    return TYPES[home[0]] if home is not None else "Total information not known"


YOUNG = {"17 to 18 years": (17, 18), "19 to 21 years": (19, 20, 21)}
DFE = (
    Table("care_leavers_suitability", "accommodation_suitability", YOUNG, _suitability, "Suitability total"),
    Table(
        "care_leavers_suitability",
        "accommodation_suitability",
        {f"Aged {age}": (age,) for age in (22, 23, 24)},
        _suitability,
        "Suitability total",
        suffix=" 22 to 25",
    ),
    Table(
        "care_leavers_in_touch",
        "in_touch",
        {"Aged 17 to 18": (17, 18), "Aged 19 to 21": (19, 20, 21)},
        _touch,
        "Total",
    ),
    Table(
        "care_leavers_accommodation",
        "accommodation_type",
        {"17 years": (17,), "18 years": (18,), "19 to 21 years": (19, 20, 21)},
        _type,
        "Total care leavers",
        further=(("cla_group", "Care leavers group"), ("measure", "Accommodation of care leaver")),
    ),
)


def releases(as_at: date) -> list[date]:
    """Return the release days of DfE's last two yearly tables before the last day of the run."""
    years = [year for year in (as_at.year - 2, as_at.year - 1, as_at.year) if date(year, 11, 20) <= as_at]
    return [date(year, 11, 20) for year in years[-2:]]


def _areas(counts: Mapping[str, Counter[tuple[str, str]]]) -> dict[Area, Counter[tuple[str, str]]]:
    """Return the counts of all areas, the wider ones and other councils drawn round those of the counties."""
    areas: dict[Area, Counter[tuple[str, str]]] = {("National", None, None): Counter()}
    for council, found in counts.items():
        region = COUNTY_REGION[council]
        areas["Regional", region, None] = _times(found, REGION_TIMES, region)
        areas["Local authority", region, council] = found
        for other, (_, of, size) in OTHERS.items():
            if of == region:
                areas["Local authority", region, other] = _times(found, size, other)
        areas["National", None, None] += _times(found, ENGLAND_TIMES // 2, ENGLAND)
    return areas


def _times(counts: Counter[tuple[str, str]], factor: float, name: str) -> Counter[tuple[str, str]]:
    return Counter({key: round(number * factor * (0.8 + 0.4 * share(name, *key))) for key, number in counts.items()})


def _number(row: Row, name: str, number: int | None, symbol: str | None) -> None:
    """Put a figure, or the symbol and its meaning, into a row."""
    row.values[name] = None if symbol else float(number or 0)
    row.values[f"{name}_status"] = {"k": "low"}.get(symbol, symbol) if symbol else None
    row.written[name] = symbol or str(number)


def dfe_rows(one: Table, lives: Mapping[str, list[Life]], released: date) -> list[Row]:
    """Return the rows of one release: each year of its window, each area, age group and category.

    Args:
        one: which table.
        lives: GSS code of a county -> its lives.
        released: day of the release; its last year ended on 31 March before.
    """
    rows: list[Row] = []
    for year in (released.year - 1, released.year):
        day = date(year, 3, 31)
        counts = {
            council: Counter(
                (label, found)
                for life in known
                for label, ages in one.ages.items()
                if age_on(life.person.born, day) in ages and (found := one.counted(life, day)) is not None
            )
            for council, known in lives.items()
        }
        categories = sorted({category for found in counts.values() for _, category in found})
        for area, of_area in _areas(counts).items():
            for label in one.ages:
                rows += _lines(one, year, area, label, {name: of_area[label, name] for name in categories})
    return rows


def _lines(one: Table, year: int, area: Area, label: str, found: Mapping[str, int]) -> list[Row]:
    """Return the lines of one area and age group; small numbers of councils are confidential, and so is their share."""
    level, region, council = area
    total = sum(found.values())
    names = {
        "country_name": "England",
        "region_name": REGIONS.get(region or "", ""),
        "la_name": NAMES.get(council or "") or OTHERS.get(council or "", ("",))[0],
        "old_la_code": "",
    }
    rows = []
    for category, number in [*found.items(), (one.total, total)]:
        values: dict[str, Value] = {
            "time_period": str(year),
            "geographic_level": level,
            "country_gss": ENGLAND,
            "region_gss": region,
            "local_authority_gss": council,
            "age": label,
            one.category: category,
            **dict(one.further),
        }
        row = Row(None, values, date.min, written=dict(names), cell=f"{year}|{area}|{label}|{category}")
        hidden = council is not None and 0 < number < FEWEST
        rounded = number if council is not None else round(number, -1)
        percent = round(100 * number / total) if total else 0
        _number(row, "number", rounded, "c" if hidden else None)
        symbol = "c" if hidden else "z" if not total else "k" if number and not percent else None
        _number(row, "percentage", percent, symbol)
        rows.append(row)
    return rows


@dataclass(frozen=True)
class Sheet:
    """One table of MHCLG's workbook: its name, title, headings and what each counts of a case opened in the quarter."""

    name: str
    title: str
    headings: Mapping[str, Callable[[HomelessApplicant, date], bool]]


def _assessed(*outcomes: str) -> Callable[[HomelessApplicant, date], bool]:
    return lambda one, end: one.case.decided.get("initial_assessment") in outcomes


def _needs(*needs: str) -> Callable[[HomelessApplicant, date], bool]:
    return lambda one, end: bool(set(needs) & set(one.case.needs))


def _in_bed_and_breakfast(one: HomelessApplicant, end: date) -> bool:
    return any(
        stay.accommodation_type == "bed_and_breakfast"
        and stay.entry_on <= end
        and (stay.exit_on is None or end < stay.exit_on)
        for stay in one.case.stays
    )


def _placed(one: HomelessApplicant, end: date) -> bool:
    return any(stay.entry_on <= end and (stay.exit_on is None or end < stay.exit_on) for stay in one.case.stays)


THREATENED = ("threatened", "threatened_section_21")
FLOWS = (
    Sheet(
        "A1",
        "Number of households by initial assessment of homelessness circumstances and needs",
        {
            "Total initial assessments": lambda one, end: "assessed_on" in one.case.decided,
            "Threatened with homelessness": _assessed(*THREATENED),
            "Homeless": _assessed("already_homeless"),
            "Not threatened with homelessness": _assessed("not_threatened", "withdrew", "not_eligible"),
        },
    ),
    Sheet(
        "A3",
        "Number of households owed a homelessness duty by support needs of household",
        {
            "Households with support needs": lambda one, end: bool(one.case.needs),
            "Care leaver aged 18-20 years": _needs("care_leaver_18_20"),
            "Care leaver aged 21-24 years": _needs("care_leaver_21_24", "care_leaver_21_plus"),
            "Young person aged 16-17 years": _needs("young_16_17"),
        },
    ),
)
STOCKS = (
    Sheet(
        "TA1",
        "Number of households in temporary accommodation at the end of quarter by type of accommodation",
        {
            "Total number of households in temporary accommodation": _placed,
            "Bed and breakfast hotels": _in_bed_and_breakfast,
        },
    ),
)


def published_quarters(quarters: list[date]) -> list[date]:
    """Return the quarters whose tables are out by the last day of the run: the last two but one."""
    return quarters[-3:-1]


def homelessness_lines(sheet: Sheet, cases: Mapping[str, list[HomelessApplicant]], end: date) -> list[Line]:
    """Return area, name and figures of each line of a table, wider areas first."""
    start = months_after(end, -3)
    lines: list[Line] = []
    for district, applicants in sorted(cases.items()):
        here = [one for one in applicants if sheet in STOCKS or start < one.case.application_on <= end]
        counts = [sum(counted(one, end) for one in here) for counted in sheet.headings.values()]
        silent = share("silent", sheet.name, district, end) < 0.04
        lines.append((district, district, [".." if silent else "-" if number == 1 else number for number in counts]))
    known = [
        [figure for figure in column if isinstance(figure, int)]
        for column in zip(*(line[2] for line in lines), strict=True)
    ]
    england: list[int | str] = [sum(numbers) * ENGLAND_TIMES for numbers in known]
    return [(ENGLAND, "ENGLAND", england), *lines]


def workbook(cases: Mapping[str, list[HomelessApplicant]], end: date) -> tuple[bytes, list[Row]]:
    """Return MHCLG's detailed workbook of one quarter and the figures that are read out of it, in their order."""
    first = months_after(end, -2)
    period, day = f"{first:%B} to {end:%B} {end.year}", f"{end.day} {end:%B} {end.year}"
    rows: list[Row] = []
    into = BytesIO()
    with xlsxwriter.Workbook(into, {"in_memory": True}) as book:
        book.set_properties({"title": "Invented figures", "created": CREATED})
        cover = book.add_worksheet("Contents")
        cover.write_string(0, 0, "Invented figures in the layout of the detailed local authority tables")
        cover.write_string(4, 3, period)
        for sheet in (*FLOWS, *STOCKS):
            said = day if sheet in STOCKS else period
            lines = homelessness_lines(sheet, cases, end)
            rows += _write(book.add_worksheet(sheet.name), sheet, lines, said, end)
    return into.getvalue(), rows


def _write(page: Any, sheet: Sheet, lines: Iterable[Line], said: str, end: date) -> Iterator[Row]:
    """Write one table (title, a hidden row of other labels, headings, a line for each area); yield its figures."""
    page.write_string(0, 0, f"Table {sheet.name} - {sheet.title}\nEngland, {said}")
    page.set_row(1, None, None, {"hidden": True})
    for column, heading in enumerate(sheet.headings, start=4):
        page.write_string(1, column, f"Hidden label {column}")
        page.write_string(2, column, heading)
    for number, (area, name, figures) in enumerate(lines, start=3):
        page.write_string(number, 0, area)
        page.write_string(number, 1, name)
        for column, (heading, figure) in enumerate(zip(sheet.headings, figures, strict=True), start=4):
            page.write(number, column, figure)
            values: dict[str, Value] = {
                "table_id": sheet.name,
                "table_title": sheet.title,
                "period": said,
                "period_end": end,
                "area_gss": area,
                "measure": heading,
                "value": None if isinstance(figure, str) else float(figure),
                "value_status": SYMBOLS[figure] if isinstance(figure, str) else None,
                "source_cell": f"{sheet.name}!{'EFGHIJ'[column - 4]}{number + 1}",
            }
            yield Row(None, values, date.min)
