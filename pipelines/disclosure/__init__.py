"""What may be shown, and to whom: every figure with its status, in an internal and a public edition.

What belongs here: statuses, suppression, its audit, and the files that packs, spreadsheets and the ledger read. What
does not: counting (the warehouse), words of a pack (rendering), sign-off and the ledger (release).

`write_figures` is the one step; `audit` is what nothing is published without (`attacker`, which shares no code with the
suppressor).
"""

from pipelines.disclosure.attacker import AuditReport, Demand, Leak, audit
from pipelines.disclosure.figures import EditionCount, FigureReport, write_figures
from pipelines.disclosure.observations import DisclosureError
from pipelines.disclosure.rule import Rule

__all__ = [
    "AuditReport",
    "Demand",
    "DisclosureError",
    "EditionCount",
    "FigureReport",
    "Leak",
    "Rule",
    "audit",
    "write_figures",
]
