"""Records of forms: when an event is written down, corrected or withdrawn, and whether a promise about it was kept.

What belongs here: what all forms have in common. What does not: what any one form says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from pipelines.synthetic.case_system import id_for, window
from pipelines.synthetic.chance import Chance, stream
from pipelines.synthetic.lives import Life
from pipelines.synthetic.rows import FOREVER, Row, Value

LATE = 0.10
CORRECTED = 0.02
WITHDRAWN = 0.01
BACKLOG = timedelta(days=400)  # what happened so long before the launch was entered on its day
# A day on which a version was due to be written, and the values that it changes.
Change = tuple[date, dict[str, Value]]


def met(chance: Chance, due: date, *, never: float = 0.18, early: int = 60) -> date | None:
    """Return the day on which a promise due on `due` was kept: in time, on the very day, a day or weeks late, or never.

    Args:
        chance: stream to draw from.
        due: last day in time.
        never: share of promises that are broken.
        early: how many days before it a promise is kept at the earliest.
    """
    if chance.happens(never):
        return None
    how = chance.weighted({"early": 60, "on the day": 12, "the day before": 4, "the day after": 6, "late": 18})
    if how == "early":
        return chance.after(due, -early, 0)
    if how == "late":
        return chance.after(due, 2, 75)
    return due + timedelta(days={"the day before": -1, "on the day": 0, "the day after": 1}[how])


@dataclass
class Book:
    """The forms of one authority, as filled in since their launch.

    Attributes:
        authority: whose forms these are.
        pattern: the county whose ways it follows.
        seed: seed of the run.
        launched: first day of the forms.
        as_at: last day of the run; nothing is written after it.
        keeps_versions: whether a list keeps the earlier versions of a record beside the latest.
        rows: form -> versions of all its records.
    """

    authority: str
    pattern: str
    seed: int
    launched: date
    as_at: date
    keeps_versions: bool
    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))

    @property
    def since(self) -> date:
        """First day of an event that the forms hold."""
        return self.launched - BACKLOG

    def chance(self, form: str, life: Life) -> Chance:
        """Return the stream of one person's records of a form."""
        return stream(self.seed, form, life.person.person)

    def enter(  # noqa: PLR0913 - what a record is made of
        self,
        form: str,
        life: Life,
        name: str,
        happened: date,
        values: dict[str, Value],
        *,
        chance: Chance,
        later: Sequence[Change] = (),
        wrong: str = "",
    ) -> None:
        """Write one record about a person, unless the person's case is closed by then or the event is too old.

        Args:
            form: table of the record.
            life: whose record it is.
            name: what tells the record from the person's others of the form.
            happened: day of the event; the record is written on it or soon after.
            values: what it says at first.
            chance: the form's stream of the person.
            later: changes, each on or after its day.
            wrong: a date that may be wrong at first and is then corrected.
        """
        opens, closes = window(life, self.authority)
        closes = min(closes, life.died or closes)
        if not max(self.since, opens - BACKLOG) <= happened < closes:
            return
        number = id_for(life, self.authority, happened).number
        values = values | {"record_id": f"{_short(form)}{number}-{name}", "person_id": number}
        later = [(day, changes) for day, changes in later if day < closes]
        steps = self._steps(max(happened, opens), values, chance, later, wrong)
        self.rows[form] += self._versions(life.person.person, steps)

    def enter_list(
        self, form: str, name: str, happened: date, values: dict[str, Value], later: Sequence[Change] = ()
    ) -> None:
        """Write one record about the partnership."""
        chance = stream(self.seed, form, self.authority, name)
        values = values | {"record_id": f"{_short(form)}-{name}"}
        self.rows[form] += self._versions(None, self._steps(happened, values, chance, later, ""))

    def _steps(
        self, happened: date, values: dict[str, Value], chance: Chance, later: Sequence[Change], wrong: str
    ) -> list[Change]:
        """Return the versions that a record went through: perhaps mistaken, then right, then as it went on."""
        day = max(
            self.launched, chance.after(happened, 8, 60) if chance.happens(LATE) else chance.after(happened, 0, 4)
        )
        steps: list[Change] = [(day, values)]
        right = values.get(wrong) if wrong else None
        if chance.happens(CORRECTED) and isinstance(right, date):
            mistaken = values | {wrong: chance.after(right, -25, -1)}
            steps = [(day, mistaken), (chance.after(day, 10, 150), values)]
        for due, changes in sorted(later, key=lambda change: change[0]):
            values = values | changes
            steps.append((max(steps[-1][0] + timedelta(days=1), chance.after(due, 0, 6)), values))
        if chance.happens(WITHDRAWN):
            steps.append((chance.after(steps[-1][0], 5, 120), values | {"withdrawn": True}))
        return steps

    def _versions(self, person: str | None, steps: list[Change]) -> list[Row]:
        rows = [
            Row(person, values | {"recorded_on": day}, day, cell=str(values["record_id"]))
            for day, values in steps
            if day <= self.as_at
        ]
        for index, row in enumerate(rows[:-1]):
            row.seen_until = FOREVER if self.keeps_versions else rows[index + 1].seen_from
        return rows


def _short(form: str) -> str:
    return "".join(word[0] for word in form.split("_")).upper() + form[-1].upper()
