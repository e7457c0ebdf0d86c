"""What came of judging each load, kept once and for all: `registry/judgements/`, append-only.

A load is judged when it is new. A late file of an older month is never compared with what was published before it
came, and so cannot hold it. A load that was landed again (a later generation of it) is new once more.

What belongs here: keeping and reading the records. What does not: judging (quality), holding (`warehouse.holds`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pipelines.durable import make_folder, write_durably
from pipelines.landing.model import FIRST_GENERATION
from pipelines.settings import Home


def record(home: Home, judged: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Keep the judgements of one run in a file of their own, each a plain document with `load_id` and `generation`."""
    if not judged:
        return
    folder = home.registry / "judgements"
    make_folder(folder)
    lines = [json.dumps({**one, "judged_at": now.isoformat()}) for one in judged]
    write_durably(folder / f"{now:%Y%m%dT%H%M%S%f}.jsonl", "\n".join(lines) + "\n")


def recorded(home: Home) -> dict[tuple[str, int], dict[str, Any]]:
    """Return every judgement by load id and generation of the landing; the first of them counts."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for path in sorted((home.registry / "judgements").glob("[!.]*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            judgement = json.loads(line)
            found.setdefault((judgement["load_id"], judgement["generation"]), judgement)
    return found


def state_generations(home: Home) -> str:
    """Version 2 of the registry: a judgement says of which generation of its load it is.

    The first release judged no other than the first.
    """
    rewritten = 0
    for path in sorted((home.registry / "judgements").glob("[!.]*.jsonl")):
        before = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        after = [{"generation": FIRST_GENERATION, **one} for one in before]
        if after != before:
            write_durably(path, "".join(json.dumps(one) + "\n" for one in after))
            rewritten += 1
    return f"{rewritten} files of judgements state the generation."
