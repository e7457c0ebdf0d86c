"""What may be said of an error whose cause could quote a person's value.

What belongs here: which errors are our own, written so as to quote nobody. What does not: where they are shown.
"""

from __future__ import annotations

_OURS = frozenset({"pipelines", "quality"})


def said_of(error: BaseException) -> str:
    """Return the words of an error of ours, and of any other only its name."""
    return str(error) if is_ours(error) else type(error).__name__


def is_ours(error: BaseException) -> bool:
    """Return whether an error was written here, so that its words quote nobody's value."""
    return type(error).__module__.split(".")[0] in _OURS
