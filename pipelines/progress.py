"""How a long step says where it is: a callable that takes the stage and one plain sentence.

What belongs here: the type, and the two ways of showing it. What does not: logging of events, which is Dagster's.
"""

import sys
import time
from collections.abc import Callable
from threading import Lock

Progress = Callable[[str, str], None]
# Packs are rendered side by side, so lines come from several threads at once.
_ONE_LINE_AT_A_TIME = Lock()


def silent(stage: str, message: str) -> None:
    """Say nothing; the default in tests and in library use."""


def to_standard_error() -> Progress:
    """Return a Progress that prints `elapsed  stage  message` to standard error, plain text.

    A line is written whole, whichever thread says it.
    """
    started = time.monotonic()

    def say(stage: str, message: str) -> None:
        line = f"{time.monotonic() - started:7.1f}s  {stage:<10} {message}\n"
        with _ONE_LINE_AT_A_TIME:
            sys.stderr.write(line)
            sys.stderr.flush()

    return say
