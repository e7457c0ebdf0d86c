"""Running the suites with Great Expectations, and turning its answers into results.

What this module promises: an expectation that raised is `CheckCouldNotRun`; nothing calls home; Great Expectations
(3 s of imports) is loaded only when there is something to judge.

What belongs here: the only code that knows Great Expectations. What does not: what is expected (`suites`), and how it
is told (`letters`). Its own Data Docs are not used: their pages load styles, fonts and scripts from elsewhere.
"""

from __future__ import annotations

import os
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from pipelines.contracts import Contracts
from quality.judgements import Judgement, as_frame
from quality.letters import write_letters
from quality.report import CheckResult, QualityReport
from quality.suites import Check, suite
from quality.wording import sentence

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuiteValidationResult
    from great_expectations.expectations.expectation import Expectation


class CheckCouldNotRun(Exception):  # noqa: N818 - a state of ours, named as the seams name it
    """An expectation raised instead of answering: an error of this system, which stops the refresh."""


@dataclass(frozen=True)
class _Outcome:
    """A check and the loads that did not pass it."""

    check: Check
    failed: frozenset[str]


def check_loads(
    profiles: Mapping[str, pd.DataFrame],
    contracts: Contracts,
    *,
    data_docs: Path,
    sender_names: Mapping[str, str] | None = None,
    earlier: Sequence[Judgement] = (),
) -> QualityReport:
    """Judge the loads of every profile and write a letter to each sender about these and those judged before.

    Args:
        profiles: By extract, as `profile_loads` returns them; rows that are not `judged` only serve comparison.
        contracts: The contracts in force.
        data_docs: Folder for the letters; `index.html` leads to them. Made when it does not exist.
        sender_names: How a sender is addressed, by its id; an id without a name stands for itself.
        earlier: What came of loads that were judged before; they are told of and not judged again.

    Returns:
        One result per check and sender, of the loads judged now and before.

    Raises:
        CheckCouldNotRun: An expectation raised; its name and the reason, never a value of a row.
    """
    now = tuple(
        judgement
        for name, frame in sorted(profiles.items())
        if frame["judged"].any()
        for judgement in _judge(name, frame[frame["judged"]], suite(contracts[name]))
    )
    told = defaultdict(list)
    for judgement in (*earlier, *now):
        if judgement.extract in contracts:
            told[judgement.extract].append(judgement)
    frames: dict[str, pd.DataFrame] = {}
    results: list[CheckResult] = []
    for name, judgements in sorted(told.items()):
        checks = suite(contracts[name])
        frames[name] = as_frame(judgements, [check.column for check in checks])
        results += _per_sender(_outcomes(checks, judgements), frames[name])
    report = QualityReport(tuple(results), sum(map(len, frames.values())), data_docs / "index.html", now)
    write_letters(report, frames, data_docs, sender_names or {})
    return report


def _judge(extract: str, frame: pd.DataFrame, checks: tuple[Check, ...]) -> Iterator[Judgement]:
    """Judge the loads of one extract."""
    outcomes = list(_validate(extract, frame, checks))
    for row in frame.to_dict("records"):
        failed = tuple(outcome.check.name for outcome in outcomes if row["load_id"] in outcome.failed)
        yield Judgement(extract, failed, {str(name): value for name, value in row.items()})


def _outcomes(checks: tuple[Check, ...], judgements: Sequence[Judgement]) -> Iterator[_Outcome]:
    """Turn judgements, one per load, into outcomes, one per check."""
    for check in checks:
        yield _Outcome(check, frozenset(one.load_id for one in judgements if check.name in one.failed))


def _validate(extract: str, frame: pd.DataFrame, checks: tuple[Check, ...]) -> Iterator[_Outcome]:
    """Run one suite over one batch, whose rows are loads, and yield an outcome per check."""
    answers = _run(extract, frame, checks)
    by_name = {check.name: check for check in checks}
    for answer in answers.results:
        if answer.expectation_config is None:
            raise CheckCouldNotRun(f"A check of {extract} came back without saying which it was.")
        check = by_name[answer.expectation_config.meta["name"]]
        if reason := _reason_not_run(answer.exception_info):
            raise CheckCouldNotRun(f"The check {check.name} of {extract} could not run: {reason}")
        index = answer.result.get("unexpected_index_list") or []
        failed = frozenset(str(row["load_id"]) for row in index)
        if answer.success is not (not failed):
            raise CheckCouldNotRun(f"The check {check.name} of {extract} did not say which loads failed it.")
        yield _Outcome(check, failed)


def _run(extract: str, frame: pd.DataFrame, checks: tuple[Check, ...]) -> ExpectationSuiteValidationResult:
    """Ask Great Expectations, in a context that lives in memory only.

    The complete result format names the failing rows by their load id; a batch holds counts and shares of loads, so
    there is nothing of a person in it to give away.
    """
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with warnings.catch_warnings():
        # It imports a standard-library module that Python 3.11 deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        import great_expectations as gx  # noqa: PLC0415 - three seconds, only where something is judged
        from great_expectations.data_context.types.base import ProgressBarsConfig  # noqa: PLC0415

        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        asset = context.data_sources.add_pandas(name="profiles").add_dataframe_asset(name=extract)
        batch = asset.add_batch_definition_whole_dataframe("loads").get_batch(batch_parameters={"dataframe": frame})
        return batch.validate(
            gx.ExpectationSuite(name=extract, expectations=[_expectation(check) for check in checks]),
            result_format={
                "result_format": "COMPLETE",
                "unexpected_index_column_names": ["load_id"],
                "include_unexpected_rows": False,
            },
        )


def _expectation(check: Check) -> Expectation:
    """Say a check in Great Expectations' terms; NaN is not judged there either."""
    from great_expectations.expectations.core.expect_column_values_to_be_between import (  # noqa: PLC0415
        ExpectColumnValuesToBeBetween,
    )
    from great_expectations.expectations.metadata_types import FailureSeverity  # noqa: PLC0415

    return ExpectColumnValuesToBeBetween(
        column=check.column,
        min_value=check.lower,
        max_value=check.upper,
        strict_min=check.above_lower,
        severity=FailureSeverity.CRITICAL if check.severity == "hold" else FailureSeverity.WARNING,
        description=check.description,
        meta={"name": check.name},
    )


def _reason_not_run(exception_info: Mapping[str, Any] | None) -> str | None:
    """Return why an expectation raised, or None if it answered.

    `exception_info` is flat when all went well and keyed by metric when something raised.
    """
    if not exception_info:
        return None
    for info in (exception_info, *exception_info.values()):
        if isinstance(info, Mapping) and info.get("raised_exception"):
            return str(info.get("exception_message") or "no reason was given")
    return None


def _per_sender(outcomes: Iterable[_Outcome], frame: pd.DataFrame) -> Iterator[CheckResult]:
    """Split every check's outcome by the sender who has to hear it."""
    senders = [(str(sender), loads) for sender, loads in frame.groupby("sender", sort=True)]
    for outcome in outcomes:
        check = outcome.check
        for sender, loads in senders:
            failed = loads[loads["load_id"].isin(outcome.failed)] if outcome.failed else loads[:0]
            yield CheckResult(
                name=check.name,
                extract=check.extract,
                severity=check.severity,
                success=failed.empty,
                load_ids=tuple(failed["load_id"]),
                sentence=sentence(check, failed),
                owner=sender,
                loads_judged=int(loads[check.column].notna().sum()),
                advice=check.advice,
            )
