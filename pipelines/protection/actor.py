"""Who is at the keyboard, as the operating system knows them.

What belongs here: the account of this process. What does not: any option or variable by which somebody could say who
they are; there is none.
"""

from __future__ import annotations

import os
import pwd
from pathlib import Path

LOGIN = Path("/proc/self/loginuid")
NOBODY_LOGGED_IN = 2**32 - 1


def account() -> str:
    """Return the name of the account that logged in, or of the one that runs this process where nobody did.

    A home belongs to one account of the operating system, so two people work in it through `sudo -u`. Linux keeps the
    account that logged in beside the one that runs the process, and only the superuser can change it. The name comes
    from the user database, not from the environment, where anybody may call themselves anything.
    """
    number = _logged_in()
    number = os.getuid() if number is None else number
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user id {number}"


def _logged_in() -> int | None:
    """Return the id of the account that logged in; None for a service, in a container, or where it is not kept."""
    try:
        number = int(LOGIN.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return None if number == NOBODY_LOGGED_IN else number
