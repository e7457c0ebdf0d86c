"""How a long step says where it is: a callable that takes the stage and one plain sentence.

What belongs here: the type, and the two ways of showing it. What does not: logging of events, which is Dagster's.
"""

import sys
import time
from collections.abc import Callable

Progress = Callable[[str, str], None]


def silent(stage: str, message: str) -> None:
    """Say nothing; the default in tests and in library use."""


def to_standard_error() -> Progress:
    """Return a Progress that prints `elapsed  stage  message` to standard error, plain text, one line each."""
    started = time.monotonic()

    def say(stage: str, message: str) -> None:
        print(f"{time.monotonic() - started:7.1f}s  {stage:<10} {message}", file=sys.stderr, flush=True)

    return say
