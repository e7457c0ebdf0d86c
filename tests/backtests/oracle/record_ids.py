"""Record identities that the oracle can rebuild (reading 4); they only ever break ties."""

from __future__ import annotations

import hashlib


def record_id(*parts: str | None) -> str:
    """Lower-case hex md5 of the parts joined by `|`; an absent part is an empty string."""
    text = "|".join(part or "" for part in parts)
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
