"""The oracle: the definitions page in plain Python, an implementation to check the warehouse's SQL against.

It reads what the generator emitted, not what landing accepted, and shares no code with landing, identity or dbt: it
was written by other hands from the same pages (`measures.md` as read in `docs/decisions/0002-…` and `0008-…`). Clarity
goes before speed. Numbers of readings in docstrings are those of decisions 2 (to 36) and 8. One concept, one file:

`dates`, `periods` → `reference`, `current_rows` → `people`, `forms`, `registers` → `spells`, `housing` → `moves` →
`homes`, `presentations`, `bed_and_breakfast` → `circumstances`, one person with all of these → `…_measures` and
`…_promises` with `obligations` → `events`; `catalogue`, `coverage` → `observations`; `computation` runs them,
`comparison` reads the warehouse.
"""

from .comparison import Difference, compare
from .computation import OracleResult, compute

__all__ = ["Difference", "OracleResult", "compare", "compute"]
