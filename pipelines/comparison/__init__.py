"""Two days of knowledge side by side: which figures differ, and by which loads and decisions.

What it promises: nothing published changes, and what was built only to be compared is removed.

What belongs here: building as known at a moment without publishing (`looking_back`), the comparison of two warehouses
(`figures`), and of what a build changed since the one before (`last_change`). What does not: the command's words
(`pipelines.commands.compare`), changes of who is who within a refresh (`pipelines.identity.changes`).
"""

from pipelines.comparison.figures import ChangedLoad, Comparison, MovedFigure, Wanted, compare_warehouses
from pipelines.comparison.last_change import LastChange, since_the_build_before
from pipelines.comparison.looking_back import Knowledge, knowledge_at, warehouses_as_known

__all__ = [
    "ChangedLoad",
    "Comparison",
    "Knowledge",
    "LastChange",
    "MovedFigure",
    "Wanted",
    "compare_warehouses",
    "knowledge_at",
    "since_the_build_before",
    "warehouses_as_known",
]
