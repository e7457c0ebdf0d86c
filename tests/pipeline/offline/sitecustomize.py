"""Imported by every Python process of a test run: notes and denies each attempt to reach another machine.

What belongs here: the hook. What does not: deciding what an attempt means (`test_nothing_calls_home.py`).
"""

import ipaddress
import os
import sys

WATCHED = {"socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"}
HERE = {None, "", "localhost", "localhost.localdomain", os.uname().nodename}


def _stays_here(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in HERE:
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event not in WATCHED:
        return
    target = arguments[1] if event in {"socket.connect", "socket.sendto"} else arguments[0]
    if event in {"socket.connect", "socket.sendto"} and not isinstance(target, tuple):
        return  # a socket of this machine's file system
    host = target[0] if isinstance(target, tuple) else target
    if not _stays_here(host):
        with open(os.environ["NETWORK_ATTEMPTS"], "a", encoding="utf-8") as attempts:  # noqa: PTH123 - no imports here
            attempts.write(f"{event} {target!r} by {' '.join(sys.orig_argv)[:200]}\n")
        raise OSError(f"A test denies {event} to {host!r}.")


if "NETWORK_ATTEMPTS" in os.environ:
    sys.addaudithook(_watch)
