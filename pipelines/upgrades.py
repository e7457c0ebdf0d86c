"""Bringing the durable stores of an older release forward, before anything is written to them.

What it promises: it happens by itself, under the home's lock; a step that was cut off is done again with the same
result; nothing that was received or decided is lost; there is no way back but a backup, which is said.

What belongs here: which steps there are and their order. What does not: the steps, each of which lies with the module
that owns its files; the numbers (`pipelines.formats`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipelines.formats import CURRENT, formats_of, state_format
from pipelines.landing import upgrade as landing
from pipelines.protection import trail
from pipelines.settings import Home
from pipelines.warehouse import judgements

Step = Callable[[Home], str]
# From the version before to this one; each says in a sentence what it did.
STEPS: Mapping[tuple[str, int], Step] = {
    ("landing", 2): landing.keep_faulty_rows,
    ("registry", 2): judgements.state_generations,
}


def bring_forward(home: Home) -> list[str]:
    """Bring every store of a home to the version of this program; return a sentence for each step that was taken.

    Call it only while holding the home's lock.

    Raises:
        NewerStoreError: A store is newer than this program; nothing was changed.
        FormatDamagedError: The version of a store cannot be read.
    """
    done = []
    for name, number in formats_of(home.root).items():
        for following in range(number + 1, CURRENT[name] + 1):
            said = STEPS[name, following](home)
            state_format(home.root / name, following)
            done.append(f"{name} is now of version {following}: {said}")
    if done and home.audit.is_dir():
        trail.record(home, "upgraded", {"stores": done})
    return done
