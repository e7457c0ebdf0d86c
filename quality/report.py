"""What came of judging loads: results, and which loads are held.

What belongs here: the types that callers read. What does not: how results come about, or how they are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from quality.judgements import Judgement
from quality.suites import Severity


@dataclass(frozen=True)
class CheckResult:
    """One check of one sender's loads of one extract.

    Attributes:
        name: The check's name, unique in its extract.
        extract: `<family>__<table>`.
        severity: `hold` or `warn`.
        success: Every load passed.
        load_ids: The loads that did not pass; empty on success.
        sentence: What was expected, and where it was not so; holds counts and shares only.
        owner: The sender to whom the letter goes.
        loads_judged: How many loads had the number that is judged.
        advice: What the owner does when it is not so.
    """

    name: str
    extract: str
    severity: Severity
    success: bool
    load_ids: tuple[str, ...]
    sentence: str
    owner: str
    loads_judged: int
    advice: str


@dataclass(frozen=True)
class QualityReport:
    """Every result of the loads judged in one run and before it, and where the letters are.

    Attributes:
        results: One per check and sender.
        loads_judged: Of how many loads they tell.
        data_docs: The index of the letters.
        judged: What came of each load judged in this run: to be kept, and handed in as `earlier` from then on.
    """

    results: tuple[CheckResult, ...]
    loads_judged: int
    data_docs: Path
    judged: tuple[Judgement, ...] = ()

    @property
    def checks_run(self) -> int:
        """How many checks had something to judge."""
        return sum(result.loads_judged > 0 for result in self.results)

    @property
    def checks_passed(self) -> int:
        """How many of these passed."""
        return sum(result.loads_judged > 0 and result.success for result in self.results)

    @property
    def failures(self) -> tuple[CheckResult, ...]:
        """The results that did not pass, in the order of extract, owner and check."""
        return tuple(result for result in self.results if not result.success)

    @property
    def held_load_ids(self) -> tuple[str, ...]:
        """The loads that a check of severity `hold` failed, sorted."""
        return tuple(sorted({id_ for r in self.failures if r.severity == "hold" for id_ in r.load_ids}))

    def reasons(self, load_id: str) -> tuple[str, ...]:
        """Return why a load is held: the sentences of the holding checks that it failed."""
        return tuple(r.sentence for r in self.failures if r.severity == "hold" and load_id in r.load_ids)

    def of_extract(self, extract: str) -> tuple[CheckResult, ...]:
        """Return the results of one extract, for the asset checks on it."""
        return tuple(result for result in self.results if result.extract == extract)
