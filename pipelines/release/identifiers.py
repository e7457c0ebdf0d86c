"""What must never stand in a lower edition: every name, date of birth, NI number and postcode in landing.

What belongs here: collecting them, and saying which words of them are the program's own. What does not: looking for
them in what is published (`scan`).

Contracts say which columns hold them: those that are direct identifiers, and every postcode. Rows and cells that were
turned away count too, in whatever form they were sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path

import duckdb

from pipelines import project_files
from pipelines.contracts import Column, Contract, Contracts
from pipelines.settings import Home
from pipelines.warehouse.database import OFFLINE, open_for_reading

WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
SHORTEST = 3
# In bytes that are no text a short word stands by chance now and then; one this long does not.
SHORTEST_IN_BYTES = 7
_MONTH_NAMES = (
    ("jan", "january"),
    ("feb", "february"),
    ("mar", "march"),
    ("apr", "april"),
    ("may",),
    ("jun", "june"),
    ("jul", "july"),
    ("aug", "august"),
    ("sep", "sept", "september"),
    ("oct", "october"),
    ("nov", "november"),
    ("dec", "december"),
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names}
_DATES = (
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>(?:19|20)\d\d)(?!\d)"),
    re.compile(r"(?<!\d)(?P<d>\d{1,2})(?:st|nd|rd|th)? (?P<m>[A-Za-z]{3,9}),? (?P<y>(?:19|20)\d\d)(?!\d)"),
    re.compile(r"(?<![A-Za-z])(?P<m>[A-Za-z]{3,9}) (?P<d>\d{1,2})(?:st|nd|rd|th)?,? (?P<y>(?:19|20)\d\d)(?!\d)"),
    re.compile(
        r"(?<![\dA-Za-z.])(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?![\dA-Za-z]|\.\d)"
    ),
)
_NI_NUMBER = re.compile(r"(?<![A-Z])[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D](?![A-Z])")
_POSTCODE = re.compile(r"(?<![A-Z0-9])([A-Z]{1,2}\d[A-Z\d]?) ?(\d[A-Z]{2})(?![A-Z0-9])")
NAME, BIRTH, NI_NUMBER, POSTCODE = "name", "date of birth", "NI number", "postcode"
# Text of the program itself that may be printed: what stands in it was there before any person.
_OWN_TEXTS = {".csv", ".yml", ".qmd", ".sql", ".py", ".css", ".html", ".typ", ".lua", ".js", ".md"}


@dataclass(frozen=True)
class Identifiers:
    """What to look for.

    Attributes:
        words: Each word of a name, three letters or more, in small letters, without the program's own words.
        names: Forename and surname together, in small letters, both ways round.
        births: Dates of birth, ISO.
        ni_numbers: Without spaces, in capitals.
        postcodes: Without spaces, in capitals.
        births_of: The dates of birth of each person key, where a warehouse was asked. A table of events by person key
            is full of days, of which some are by chance somebody else's birthday; with this, only a person's own counts
            there.
    """

    words: frozenset[str]
    names: frozenset[str]
    births: frozenset[str]
    ni_numbers: frozenset[str]
    postcodes: frozenset[str]
    births_of: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def found_in(self, text: str, *, in_bytes: bool = False) -> dict[str, int]:
        """Return how many different identifiers of each kind stand in a text; kinds without any are left out.

        `in_bytes`: the text is what looks like text in bytes that are none. There a word of a name counts when it is
        long, or when it stands beside the other half of a name.
        """
        words = [word.lower() for word in WORD.findall(text)]
        distinct = {word for word in words if not in_bytes or len(word) >= SHORTEST_IN_BYTES}
        names = {word for word in distinct if word in self.words}
        names |= {
            part for word in distinct if "-" in word or "'" in word for part in _parts(word) if part in self.words
        }
        pairs = {f"{one} {two}" for one, two in pairwise(words)}
        capital = text.upper()
        found = {
            NAME: len(names | (pairs & self.names)),
            BIRTH: len(set(dates_in(text)) & self.births),
            NI_NUMBER: len({_bare(one) for one in _NI_NUMBER.findall(capital)} & self.ni_numbers),
            POSTCODE: len({"".join(one) for one in _POSTCODE.findall(capital)} & self.postcodes),
        }
        return {kind: number for kind, number in found.items() if number}


def dates_in(text: str) -> Iterator[str]:
    """Yield every day that a text names, as ISO, however it is written; 4/5/2006 is the fourth of May."""
    for pattern in _DATES:
        for match in pattern.finditer(text):
            month = int(match["m"]) if match["m"].isdigit() else _MONTHS.get(match["m"].lower(), 0)
            day = int(match["d"])
            if 1 <= month <= 12 and 1 <= day <= 31:
                yield f"{match['y']}-{month:02}-{day:02}"


BIRTHS = """
select person_key, cast(date_of_birth as varchar) as born from core.dim_person where date_of_birth is not null
union
select link.person_key, cast(record.date_of_birth as varchar)
from landing.lettings__applications as record
inner join identity.person_link as link
    on link.family = 'lettings' and link.sender = record.sender and link.source_ref = record.application_ref
where record.date_of_birth is not null and link.person_key is not null
union
select link.person_key, cast(record.date_of_birth as varchar)
from landing.homelessness__cases as record
inner join identity.person_link as link
    on link.family = 'homelessness' and link.sender = record.sender and link.source_ref = record.case_ref
where record.date_of_birth is not null and link.person_key is not null
"""


def births_by_key(warehouse: Path) -> dict[str, frozenset[str]]:
    """Return the dates of birth that a build's warehouse knows of each person key, ISO."""
    found: dict[str, set[str]] = {}
    with open_for_reading(warehouse) as connection:
        for key, born in connection.execute(BIRTHS).fetchall():
            found.setdefault(key, set()).add(born)
    return {key: frozenset(dates) for key, dates in found.items()}


def identifiers_of(home: Home, contracts: Contracts, *, warehouse: Path | None = None) -> Identifiers:
    """Return every identifier in the home's landing, of every generation.

    Args:
        home: The home.
        contracts: The contracts in force.
        warehouse: A build's warehouse, which says whose date of birth is whose.
    """
    words: set[str] = set()
    names: set[str] = set()
    births: set[str] = set()
    ni_numbers: set[str] = set()
    postcodes: set[str] = set()
    with duckdb.connect(config=dict(OFFLINE)) as connection:
        for contract in contracts:
            kinds = {column.name: kind for column in contract.columns if (kind := kind_of(column)) is not None}
            for row in _values(connection, home, contract, list(kinds)):
                for column, value in row.items():
                    kind = kinds[column]
                    if kind == BIRTH:
                        births.update(dates_in(value))
                    elif kind == NI_NUMBER:
                        ni_numbers.add(_bare(value))
                    elif kind == POSTCODE:
                        postcodes.add(_bare(value))
                    else:
                        words.update(part for word in WORD.findall(value.lower()) for part in (word, *_parts(word)))
                full = [row[column] for column in row if column.endswith(("forename", "surname"))]
                names.update(_both_ways(full))
    kept = {word for word in words if len(word) >= SHORTEST} - own_words()
    return Identifiers(
        frozenset(kept),
        frozenset(names),
        frozenset(births),
        frozenset(ni_numbers - {""}),
        frozenset(postcodes - {""}),
        births_by_key(warehouse) if warehouse else {},
    )


def kind_of(column: Column) -> str | None:
    """Return which kind of identifier a column holds; None for none."""
    if column.type == "postcode":
        return POSTCODE
    if column.privacy != "direct_identifier":
        return None
    if column.type == "date":
        return BIRTH
    return NI_NUMBER if column.name.endswith("ni_number") else NAME


@cache
def own_words() -> frozenset[str]:
    """Return the words of the program's own texts, in small letters: a pack prints them whoever is in the data."""
    program = Path(__file__).parents[1]
    folders = [
        project_files.reports(),
        project_files.dbt_project() / "seeds",
        project_files.dbt_project() / "models",
        *(program / name for name in ("contracts", "rendering", "disclosure")),
    ]
    files = [
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix in _OWN_TEXTS and "target" not in path.parts
    ]
    return frozenset(word for path in files for word in _words_of(path))


def _words_of(path: Path) -> Iterable[str]:
    text = path.read_text(encoding="utf-8", errors="replace").lower()
    return {part for word in WORD.findall(text) for part in (word, *_parts(word))}


def _values(
    connection: duckdb.DuckDBPyConnection, home: Home, contract: Contract, columns: list[str]
) -> Iterator[dict[str, str]]:
    """Yield the identifiers of each different row of an extract, accepted or turned away, as text."""
    if not columns:
        return
    below = f"family={contract.family}/table={contract.table}/**/*.parquet"
    for root in ("", "generations/*/"):
        if accepted := _files(home, f"{root}accepted/{below}"):
            have = set(connection.sql(f"select * from {accepted} limit 0").columns)
            present = [column for column in columns if column in have]
            listed = ", ".join(f'cast("{column}" as varchar)' for column in present)
            for row in connection.execute(f"select distinct {listed} from {accepted}").fetchall() if present else ():
                yield {column: value for column, value in zip(present, row, strict=True) if value}
        if refused := _files(home, f"{root}refused_cells/{below}"):
            for column, value in connection.execute(
                f'select distinct "column", value from {refused} where value is not null'
            ).fetchall():
                if column in columns:
                    yield {column: value}
        if rejected := _files(home, f"{root}rejects/{below}"):
            for (row,) in connection.execute(f"select distinct row from {rejected} where row is not null").fetchall():
                cells = json.loads(row)
                yield {column: str(cells[column]) for column in columns if cells.get(column)}


def _files(home: Home, pattern: str) -> str | None:
    if next(home.landing.glob(pattern), None) is None:
        return None
    path = str(home.landing / pattern).replace("'", "''")
    return f"read_parquet('{path}', union_by_name = true, hive_partitioning = false)"


def _both_ways(full: list[str]) -> Iterator[str]:
    if len(full) == 2:
        words = [WORD.findall(one.lower()) for one in full]
        if all(words):
            yield f"{words[0][-1]} {words[1][0]}"
            yield f"{words[1][-1]} {words[0][0]}"


def _parts(word: str) -> list[str]:
    return [part for part in re.split(r"['’\-]", word) if len(part) >= SHORTEST] if not word.isalpha() else []


def _bare(value: str) -> str:
    return re.sub(r"\s+", "", value).upper()
