"""Which extract a table is, and which of its columns is which, told by its headers alone.

What belongs here: matching headers to contracts. What does not: file names (they prove nothing), cells.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from pipelines.contracts import Contract
from pipelines.contracts.text import bare, header_key
from pipelines.landing.guards import MAX_COLUMNS
from pipelines.landing.model import RefusedFileError

HEADER_ROWS_SEARCHED = 30
# Patterns are tried on nothing longer: the longest header of Annex A has 90 characters.
_LONGEST_HEADER = 300

Patterns = Mapping[str, Sequence[re.Pattern[str]]]

# An id, by which a sender finds a row: one word. Anything longer is text.
_ONE_WORD = re.compile(r"\s*\S{0,40}\s*")


@dataclass(frozen=True, slots=True)
class Recognised:
    """A table whose extract is known.

    Attributes:
        contract: the extract.
        header_index: index of the header among the rows (0 is row 1 of the spreadsheet).
        positions: canonical column -> index of its cell in a row.
        data_date_position: index of the column that states the data date, if there is one.
    """

    contract: Contract
    header_index: int
    positions: Mapping[str, int]
    data_date_position: int | None

    def asked_for(self, row: Sequence[str], width: int) -> list[str]:
        """Return a row without free text that no contract asks for.

        Of columns that are in no contract only single words are left, such as the ids by which senders find their rows.
        In a row of another width than the header's, cells may stand in other columns than their own: there only those
        are left whole that stand before any place to which such a column's text can have moved.
        """
        known = {*self.positions.values(), self.data_date_position}
        first = next((place for place in range(width) if place not in known), None)
        if first is None:
            return list(row)
        end = width if len(row) == width else first - max(0, width - len(row))
        return [
            cell if (place in known and place < end) or _ONE_WORD.fullmatch(cell) else ""
            for place, cell in enumerate(row)
        ]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of one extract's headers.

    Attributes:
        headers: normalised header -> canonical column.
        patterns: canonical column -> what its header may look like where it is none of those.
        needed: columns whose header must be there.
        data_date: normalised headers of a column that states the data date.
    """

    contract: Contract
    headers: Mapping[str, str]
    patterns: Patterns
    needed: frozenset[str]
    data_date: frozenset[str]

    @classmethod
    def of(cls, contract: Contract) -> _Known:
        """Return what the contract, in all its years, says of headers."""
        columns = contract.for_recognition().columns
        return cls(
            contract=contract,
            headers={header_key(text): column.name for column in columns for text in (column.name, *column.aliases)},
            patterns={
                column.name: [re.compile(pattern) for pattern in column.patterns]
                for column in columns
                if column.patterns
            },
            needed=frozenset(column.name for column in columns if column.header_required),
            data_date=frozenset(header_key(text) for text in contract.data_date_headers),
        )

    def seen_in(self, keys: Set[str]) -> set[str]:
        """Return the columns that have a name or an alias among normalised headers."""
        return {self.headers[key] for key in keys & self.headers.keys()}


class HeaderIndex:
    """The headers that a set of contracts knows, ready for look-up."""

    def __init__(self, contracts: Sequence[Contract]) -> None:
        """Prepare the look-up; the canonical name of a column always counts as one of its headers."""
        self._contracts = [_Known.of(contract) for contract in contracts]

    def recognise(self, rows: Sequence[Sequence[str]]) -> Recognised | None:
        """Return the extract whose headers stand in one of the first rows, or None when there is none.

        The best match is the contract with all its needed headers and the most headers in all.
        Raises RefusedFileError when two contracts match equally well, or two headers mean one column.
        """
        for index, row in enumerate(rows[:HEADER_ROWS_SEARCHED]):
            keys = [header_key(cell) if cell else "" for cell in row]
            likely = self._contracts
            if len(row) > MAX_COLUMNS:
                # No pattern is tried on so many columns: only the words themselves count, and they are looked up once.
                present = set(keys)
                likely = [known for known in likely if known.needed <= known.seen_in(present)]
            matches = [match for known in likely if (match := self._match(known, row, keys, index)) is not None]
            if matches:
                return self._best(matches, row)
        return None

    def nearest(self, rows: Sequence[Sequence[str]]) -> tuple[Contract, tuple[str, ...]] | None:
        """Return the contract of which most headers were seen in one row, and the needed ones that were not."""
        best: tuple[int, Contract, tuple[str, ...]] | None = None
        for row in rows[:HEADER_ROWS_SEARCHED]:
            keys = {header_key(cell) for cell in row if cell}
            for known in self._contracts:
                seen = known.seen_in(keys)
                if len(seen) > (best[0] if best else 1):
                    best = len(seen), known.contract, tuple(sorted(known.needed - seen))
        return None if best is None else best[1:]

    def _match(self, known: _Known, row: Sequence[str], keys: Sequence[str], index: int) -> Recognised | None:
        positions: dict[str, list[int]] = {}
        data_date_position = None
        for position, key in enumerate(keys):
            if key in known.headers:
                positions.setdefault(known.headers[key], []).append(position)
            elif key in known.data_date and data_date_position is None:
                data_date_position = position
        if positions and len(row) <= MAX_COLUMNS:
            positions.update(self._like(known.patterns, positions, row))
        if not known.needed <= positions.keys():
            return None
        chosen = {name: self._one_of(name, found, row) for name, found in positions.items()}
        return Recognised(known.contract, index, chosen, data_date_position)

    @staticmethod
    def _like(patterns: Patterns, known: Mapping[str, list[int]], row: Sequence[str]) -> dict[str, list[int]]:
        """Return columns found by pattern; a header that fits two columns, or a column that fits two headers, is none.

        Nothing that a name or an alias has found is looked for again.
        """
        taken = {position for positions in known.values() for position in positions}
        wanted = {name: likes for name, likes in patterns.items() if name not in known}
        found: dict[str, list[int]] = {}
        for position, cell in enumerate(row):
            if position in taken or not cell or len(cell) > _LONGEST_HEADER or not wanted:
                continue
            words = bare(cell)
            fitting = [name for name, likes in wanted.items() if any(like.search(words) for like in likes)]
            if len(fitting) == 1:
                found.setdefault(fitting[0], []).append(position)
        return {name: positions for name, positions in found.items() if len(positions) == 1}

    @staticmethod
    def _one_of(name: str, positions: list[int], row: Sequence[str]) -> int:
        """Return the position of a column; of several headers the canonical name wins, if it stands there once."""
        exact = [position for position in positions if header_key(row[position]) == header_key(name)]
        if len(positions) == 1 or len(exact) == 1:
            return exact[0] if exact else positions[0]
        places = ", ".join(str(position + 1) for position in positions)
        raise RefusedFileError(
            f"Columns {places} both mean {name}.", f"Delete or rename all but one, or name the right one {name}."
        )

    @staticmethod
    def _best(matches: list[Recognised], row: Sequence[str]) -> Recognised:
        if len(row) > MAX_COLUMNS:
            raise RefusedFileError(
                f"The table has {len(row):,} columns; at most {MAX_COLUMNS} are read.",
                "Send only the extract's columns.",
            )
        matches = sorted(matches, key=lambda match: len(match.positions), reverse=True)
        if len(matches) > 1 and len(matches[0].positions) == len(matches[1].positions):
            names = " and ".join(sorted(match.contract.table for match in matches[:2]))
            raise RefusedFileError(
                f"The headers fit two extracts equally well: {names}.", "Use the canonical headers of one of them."
            )
        return matches[0]
