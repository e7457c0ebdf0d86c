"""Whether a delivery as a whole can be believed: volume, arrival, completeness, references and drift.

What this package promises: every extract that a contract describes has a suite generated from that contract; a suite
judges loads by counts and shares alone, so no person's value can reach a result, a log or a letter; a check that could
not run is an error of ours (`CheckCouldNotRun`), never a failure of the sender's and never a pass.

What belongs here: profiles of loads, suites, their validation by Great Expectations, and the letters to senders.
What does not: rules about single rows and cells (landing), invariants of the warehouse (dbt tests), the registry of
held loads (whoever calls this package).

    profiles = quality.profile_loads(loads, home.landing, contracts, previous=accepted_before)
    report = quality.check_loads(profiles, contracts, data_docs=build / "data_docs", earlier=judged_before)
    held, to_keep = report.held_load_ids, report.judged
"""

from quality.judgements import Judgement
from quality.loads import LoadFacts
from quality.profiles import profile_loads
from quality.report import CheckResult, QualityReport
from quality.suites import Check, suite
from quality.validation import CheckCouldNotRun, check_loads

__all__ = [
    "Check",
    "CheckCouldNotRun",
    "CheckResult",
    "Judgement",
    "LoadFacts",
    "QualityReport",
    "check_loads",
    "profile_loads",
    "suite",
]
