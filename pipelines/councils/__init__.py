"""Many councils from one place: whose homes there are, and Dagster's code location that refreshes them.

Each council's home stays its own: its refresh is a process of its own, with its own lock and its own history. This
package knows only where the homes are, starts them, and says of each whether its build is in the lake.
"""

from pipelines.councils.listing import CouncilsError, councils_of

__all__ = ["CouncilsError", "councils_of"]
