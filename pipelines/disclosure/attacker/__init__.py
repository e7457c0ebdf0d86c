"""Somebody who reads what is published and works out what is not: the audit without which nothing is published.

What belongs here: reading published bytes, writing down what adds up to what, and finding for every hidden count the
least and the greatest whole number that it can be. What does not: hiding anything. Nothing in here is shared with the
suppressor, neither code nor the list of what adds up to what: a fault of the one must not be the fault of the other.

`audit` is the one step.
"""

from pipelines.disclosure.attacker.audit import AuditReport, Demand, Leak, audit
from pipelines.disclosure.attacker.published import UnreadableFiguresError

__all__ = ["AuditReport", "Demand", "Leak", "UnreadableFiguresError", "audit"]
