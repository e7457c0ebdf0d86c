"""Review: the pairs that neither rules nor the model settle, shown to people side by side, and their answers.

What belongs here: the queue of a published build, the workbook made of it, reading the workbook back. What does not:
keeping decisions (`pipelines.identity.decisions`), following them (`pipelines.identity.linking`).

The workbook is the one file outside the home's restricted stores that holds names and birthdays; it is written for its
owner alone (mode 0600) and belongs back into the home, or deleted, when the decisions are read.
"""

from pipelines.identity.review.queue import Pair, Side, Step, review_queue
from pipelines.identity.review.reading import WorkbookError, read_decisions
from pipelines.identity.review.workbook import write_workbook

__all__ = ["Pair", "Side", "Step", "WorkbookError", "read_decisions", "review_queue", "write_workbook"]
