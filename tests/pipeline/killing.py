"""Killing work at a durable step or at any moment, and cutting the power, without starting Python for each.

One process loads what is heavy and is forked for each piece of work (`Killer`). The fork kills itself with SIGKILL at
the step it was asked for, or is killed from outside after so many seconds. A step is what the operating system is asked
for: a file is written (the kill comes when half of it is there), flushed, renamed, linked or removed.

SIGKILL leaves the page cache whole; a power cut does not. With `loss` the fork first undoes what no disk had to keep
at that moment: with `contents` whatever was written and not flushed is empty, with `entries` whatever was created,
renamed or removed in a folder that was not flushed since is as it was before.

What belongs here: doing harm. What does not: what must hold after it (the tests).
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HEAVY = ("killed_work", "dbt.cli.main", "splink")
DONE, FAILED = 0, 70


class Killer:
    """A process that is forked for each piece of work: `<module>:<function>` with plain arguments.

    The first argument is the folder that is worked in.
    """

    def __init__(self) -> None:
        """Start it; it answers when everything heavy is loaded."""
        self._server = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])},
        )

    def close(self) -> None:
        """End it."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.close()
        self._server.wait()
        self._server.stdout.close()

    def steps(self, work: str, *arguments: str) -> list[str]:
        """Do the work to its end; return the names of its steps in order."""
        answer = self._ask(work=work, arguments=arguments)
        assert answer["status"] == DONE, f"{work} failed"
        return list(answer["steps"])

    def kill(self, work: str, *arguments: str, at: int, loss: str = "") -> None:
        """Do the work up to the step of that number and no further."""
        answer = self._ask(work=work, arguments=arguments, at=at, loss=loss)
        assert answer["status"] == -signal.SIGKILL, f"{work} was not killed at step {at}: {answer['status']}"

    def kill_after(self, work: str, *arguments: str, seconds: float, pictures: Sequence[float] = ()) -> bool:
        """Do the work for so many seconds; return whether it was killed, and not done before.

        At each moment of `pictures`, in seconds from the start, the work stands still while its folder is copied to
        `<folder>.<number>`: what lies there is what a kill at that moment leaves. Files that are written once and whole
        are linked, all others copied.
        """
        status = self._ask(work=work, arguments=arguments, seconds=seconds, pictures=pictures)["status"]
        assert status in {DONE, -signal.SIGKILL}, f"{work} failed"
        return bool(status != DONE)

    def _ask(self, **command: object) -> dict[str, Any]:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(command) + "\n")
        self._server.stdin.flush()
        answer: dict[str, Any] = json.loads(self._server.stdout.readline())
        return answer


def serve() -> None:
    """Load what is heavy, then fork for each command that comes in, and say what became of it."""
    for name in HEAVY:
        importlib.import_module(name)
    for line in sys.stdin:
        command = json.loads(line)
        said, says = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(said)
            _work(command, says)
        os.close(says)
        if command.get("seconds") is not None:
            _watch_from_outside(child, Path(command["arguments"][0]), command["pictures"], command["seconds"])
        with os.fdopen(said, encoding="utf-8") as pipe:
            steps = pipe.read().splitlines()
        _, status = os.waitpid(child, 0)
        print(json.dumps({"status": os.waitstatus_to_exitcode(status), "steps": steps}), flush=True)


def _watch_from_outside(child: int, folder: Path, pictures: Sequence[float], seconds: float) -> None:
    """Take the pictures, then kill; the time that a picture takes is not the work's."""
    from small_homes import copy_of  # noqa: PLC0415 - beside the tests, which the fork does not need

    from pipelines.settings import Home  # noqa: PLC0415

    begun = time.monotonic()
    for number, moment in enumerate([*pictures, seconds]):
        while time.monotonic() - begun < moment:
            if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
                return
            time.sleep(0.005)
        if number == len(pictures):
            os.kill(child, signal.SIGKILL)
            return
        stopped = time.monotonic()
        os.kill(child, signal.SIGSTOP)
        os.waitid(os.P_PID, child, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        copy_of(Home(folder), folder.with_name(f"{folder.name}.{number}"))
        os.kill(child, signal.SIGCONT)
        begun += time.monotonic() - stopped


def _work(command: dict[str, Any], says: int) -> None:
    """Do the work in the fork, which never returns."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    status = FAILED
    try:
        module, _, name = command["work"].partition(":")
        act = getattr(importlib.import_module(module), name)
        watched = command.get("seconds") is None
        root = Path(command["arguments"][0])
        with _watching(root, says, command.get("at"), command.get("loss", "")) if watched else nullcontext():
            act(*command["arguments"])
        status = DONE
    except BaseException:  # noqa: BLE001 - the fork must not go on as its parent
        traceback.print_exc()
    finally:
        os._exit(status)


@dataclass
class _Watch:
    """Counts steps, tells their names, and kills at the one asked for."""

    says: int
    at: int | None
    loss: str
    disk: _Disk
    number: int = -1

    def step(self, name: str, half: Callable[[], None] = lambda: None) -> None:
        self.number += 1
        os.write(self.says, (name + "\n").encode())
        if self.number == self.at:
            half()
            if self.loss:
                self.disk.lose(self.loss)
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class _Disk:
    """What of the files below a folder a power cut would leave; it `remembers` what was replaced or removed."""

    root: Path
    remembers: bool
    before: set[tuple[int, ...]] = field(default_factory=set)
    flushed: dict[int, tuple[int, ...]] = field(default_factory=dict)
    listed: dict[Path, set[str]] = field(default_factory=dict)
    undo: list[tuple[Path, Callable[[], None]]] = field(default_factory=list)
    real: dict[str, Callable[..., Any]] = field(default_factory=dict)
    kept: int = 0

    def start(self) -> None:
        self.before = {_state(path) for path in self._files()}
        self.listed = {Path(folder): {*folders, *files} for folder, folders, files in os.walk(self.root)}

    def flush(self, descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if path.is_dir():
            self.listed[path] = {one.name for one in path.iterdir()}
            self.undo = [(folder, how) for folder, how in self.undo if folder != path]
        else:
            details = os.fstat(descriptor)
            self.flushed[details.st_ino] = (details.st_ino, details.st_size, details.st_mtime_ns)

    def keep(self, path: Path) -> Path | None:
        """Keep what lies there now, outside the folder that is looked at; None where nothing does."""
        if not self.remembers or path.is_symlink() or not path.is_file():
            return None
        self.kept += 1
        kept = self.root.with_name(f"{self.root.name}.kept-{self.kept}")
        os.link(path, kept)
        return kept

    def moved(self, source: Path, target: Path, kept: Path | None) -> None:
        def back() -> None:
            self.real["replace"](target, source)
            if kept is not None:
                self.real["replace"](kept, target)

        self.undo.append((target.parent, back))

    def removed(self, path: Path, kept: Path | None) -> None:
        if kept is not None:
            self.undo.append((path.parent, lambda: self.real["replace"](kept, path)))

    def lose(self, what: str) -> None:
        if what == "contents":
            for path in self._files():
                state = _state(path)
                if state not in self.before and state != self.flushed.get(state[0]):
                    os.truncate(path, 0)
            return
        for _, back in reversed(self.undo):
            back()
        for folder, folders, files in os.walk(self.root, topdown=False):
            for name in {*folders, *files} - self.listed.get(Path(folder), {*folders, *files}):
                self._remove(Path(folder, name))

    def _remove(self, path: Path) -> None:
        if path.is_dir() and not path.is_symlink():
            for inner in path.iterdir():
                self._remove(inner)
            path.rmdir()
        else:
            self.real["unlink"](path)

    def _files(self) -> list[Path]:
        return [path for path in self.root.rglob("*") if path.is_file() and not path.is_symlink()]


def _state(path: Path) -> tuple[int, ...]:
    details = path.stat()
    return (details.st_ino, details.st_size, details.st_mtime_ns)


@contextmanager
def _watching(root: Path, says: int, at: int | None, loss: str) -> Iterator[None]:
    """Replace what makes things durable by the same with a step before it."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - loaded in the server already

    disk = _Disk(root, remembers=loss == "entries")
    disk.start()
    watch = _Watch(says, at, loss, disk)
    real = disk.real = {
        "fsync": os.fsync,
        "replace": os.replace,
        "rename": os.rename,
        "symlink": os.symlink,
        "unlink": os.unlink,
        "write_text": Path.write_text,
        "write_bytes": Path.write_bytes,
        "write_table": pq.write_table,
    }

    def shown(path: Any) -> str:
        place = Path(path)
        return str(place.relative_to(root) if place.is_relative_to(root) else place)

    def fsync(descriptor: int) -> None:
        watch.step(f"flush {shown(Path(f'/proc/self/fd/{descriptor}').readlink())}")
        real["fsync"](descriptor)
        disk.flush(descriptor)

    def move(how: str) -> Callable[..., None]:
        def moving(source: Any, target: Any) -> None:
            watch.step(f"rename {shown(target)}")
            kept = disk.keep(Path(target))
            real[how](source, target)
            disk.moved(Path(source), Path(target), kept)

        return moving

    def symlink(source: Any, target: Any, *given: Any, **named: Any) -> None:
        watch.step(f"link {shown(target)}")
        real["symlink"](source, target, *given, **named)

    def unlink(path: Any, **given: Any) -> None:
        if given or os.path.lexists(path):
            watch.step(f"remove {shown(path)}")
        kept = None if given else disk.keep(Path(path))
        real["unlink"](path, **given)
        disk.removed(Path(path), kept)

    def write(how: str) -> Callable[..., Any]:
        def writing(path: Path, content: Any, *given: Any, **named: Any) -> Any:
            watch.step(f"write {shown(path)}", lambda: real[how](path, content[: len(content) // 2], *given, **named))
            return real[how](path, content, *given, **named)

        return writing

    def write_table(rows: Any, path: Any, **given: Any) -> None:
        def half() -> None:
            real["write_table"](rows, path, **given)
            os.truncate(path, Path(path).stat().st_size // 2)

        watch.step(f"write {shown(path)}", half)
        real["write_table"](rows, path, **given)

    os.fsync, os.replace, os.rename = fsync, move("replace"), move("rename")
    os.symlink, os.unlink = symlink, unlink
    Path.write_text, Path.write_bytes = write("write_text"), write("write_bytes")  # type: ignore[assignment,method-assign]
    pq.write_table = write_table
    yield


if __name__ == "__main__":
    serve()
