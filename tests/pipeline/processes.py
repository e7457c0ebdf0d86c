"""What fixtures hand to the tests that run the command line in processes of their own."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cut:
    """How processes are cut off: the words before the command, its environment, where attempts are noted."""

    prefix: tuple[str, ...]
    environment: dict[str, str]
    attempts: Path


@dataclass(frozen=True)
class Demo:
    """A demo that was run through the command line, and what it said."""

    home: Path
    said: subprocess.CompletedProcess[str]
