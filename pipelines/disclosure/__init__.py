"""What may be shown, and to whom: every figure with its status, in an internal and a public edition.

What belongs here: statuses, suppression, and the files that packs, spreadsheets and the ledger read. What does not:
counting (the warehouse), words of a pack (rendering), sign-off and the ledger (release).

`write_figures` is the one step. The suppression is the interim method described in `suppression`; it is attacked by
`tests/attacks`, which shares no code with it.
"""

from pipelines.disclosure.figures import EditionCount, FigureReport, write_figures
from pipelines.disclosure.observations import DisclosureError

__all__ = ["DisclosureError", "EditionCount", "FigureReport", "write_figures"]
