"""Groups of ids that are one person, and verdicts on records, with people's decisions above everything else.

What belongs here: what follows from pairs and decisions taken together. What does not: making either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pipelines.identity.decisions import LinkDecision, RecordRef, latest

CaseId = tuple[str, str]


class _Groups:
    """Ids in groups that can grow, and groups that must never meet."""

    def __init__(self) -> None:
        self._first: dict[CaseId, CaseId] = {}
        self._apart: defaultdict[CaseId, set[CaseId]] = defaultdict(set)

    def first_of(self, case_id: CaseId) -> CaseId:
        """Return the smallest id of the group."""
        parent = self._first.setdefault(case_id, case_id)
        while parent != self._first[parent]:
            self._first[parent] = self._first[self._first[parent]]
            parent = self._first[parent]
        return parent

    def join(self, one: CaseId, other: CaseId) -> bool:
        """Join two groups unless they must stay apart; return whether they are one now."""
        low, high = sorted((self.first_of(one), self.first_of(other)))
        if low == high:
            return True
        if high in self._apart[low]:
            return False
        self._first[high] = low
        for stranger in self._apart.pop(high, set()):
            self._apart[stranger].discard(high)
            self._apart[stranger].add(low)
            self._apart[low].add(stranger)
        return True

    def keep_apart(self, one: CaseId, other: CaseId) -> bool:
        """Never let two groups meet; return False when they are one already."""
        low, high = self.first_of(one), self.first_of(other)
        if low == high:
            return False
        self._apart[low].add(high)
        self._apart[high].add(low)
        return True

    def members(self) -> dict[CaseId, CaseId]:
        """Return each id's smallest fellow."""
        return {case_id: self.first_of(case_id) for case_id in sorted(self._first)}


def group_ids(pairs: Iterable[tuple[CaseId, CaseId]], decisions: Sequence[LinkDecision] = ()) -> dict[CaseId, CaseId]:
    """Return for each id in a pair the smallest id (authority, then person id, as text) of the same person.

    Decisions come first, the newest before the older ones, so that an older one that contradicts them gives way. Pairs
    of the linker follow in a fixed order; one that would bring together what people have split is not followed, even
    by way of third ids.

    Args:
        pairs: Ids that rules or a model hold to be one person.
        decisions: Everything that people decided, those about housing records included (they are passed over).
    """
    groups = _Groups()
    unsure = set()
    for decision in latest(decisions):
        if not (decision.one.is_case_id and decision.other.is_case_id):
            continue
        one, other = _case_id(decision.one), _case_id(decision.other)
        if decision.verdict == "same":
            groups.join(one, other)
        elif decision.verdict == "different":
            groups.keep_apart(one, other)
        else:
            unsure.add(frozenset((one, other)))
    for one, other in sorted(pairs):
        if frozenset((one, other)) not in unsure:
            groups.join(one, other)
    return groups.members()


def ids_kept_apart(decisions: Sequence[LinkDecision]) -> list[tuple[CaseId, CaseId]]:
    """Return the pairs of case-system ids about which `different` stands, in a fixed order."""
    return sorted(
        (_case_id(one.one), _case_id(one.other))
        for one in latest(decisions)
        if one.verdict == "different" and one.one.is_case_id
    )


def verdicts_of_people(
    people: Mapping[CaseId, int], decisions: Sequence[LinkDecision]
) -> list[tuple[str, str, str, str, int, str]]:
    """Return what people decided about housing records: `family, table, sender, ref, person, verdict`.

    A record has one person, so of several `same` the newest stands; about one record and one person (of whatever id)
    the newest decision stands.

    Args:
        people: The number of the person of each case-system id.
        decisions: Everything that people decided.
    """
    standing: dict[RecordRef, dict[int, str]] = defaultdict(dict)
    for decision in latest(decisions):
        person = people.get(_case_id(decision.other))
        if decision.one.is_case_id or person is None:
            continue
        known = standing[decision.one]
        if person in known or (decision.verdict == "same" and "same" in known.values()):
            continue
        known[person] = decision.verdict
    return [
        (ref.family, ref.table, ref.sender, ref.ref, person, verdict)
        for ref, known in sorted(standing.items())
        for person, verdict in sorted(known.items())
    ]


def _case_id(ref: RecordRef) -> CaseId:
    return ref.sender, ref.ref
