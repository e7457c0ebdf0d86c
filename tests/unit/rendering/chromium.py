"""Chromium without a window, driven over a pair of pipes: pages as a reader's browser lays them out.

What belongs here: starting and ending the browser, and a page's few commands. What does not: what tests ask of a page.
The commands are those of the Chrome DevTools Protocol; over pipes each is JSON that ends in a zero byte.
"""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--allow-file-access-from-files",
)
"""No name resolves, so a page that wanted something from elsewhere would not get it."""
INTO_PIPES = 'exec "$@" 3<&"$COMMANDS" 4>&"$ANSWERS"'
"""Chromium reads its commands from file 3 and answers into file 4."""


def program() -> str | None:
    """Return where Chromium is; None where it is not installed."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


class Page:
    """One tab: it goes to pages, one after the other."""

    def __init__(self, commands: int, answers: int) -> None:
        self._commands = commands
        self._answers = answers
        self._numbers = itertools.count(1)
        self._rest = b""
        self._session = ""

    def open(self) -> None:
        """Open the tab and follow what happens in it."""
        target = self._say("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._say("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._say("Page.enable")

    def go(self, address: str) -> None:
        """Load a page and wait until its fonts and pictures are there."""
        said = self._say("Page.navigate", url=address)
        assert "errorText" not in said, said
        self._until("Page.loadEventFired")
        self.ask("document.fonts.ready.then(() => true)")

    def size(self, width: int, height: int = 800) -> None:
        """Make the window so many CSS pixels wide and high."""
        self._say("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def media(self, kind: str = "", **features: str) -> None:
        """Show the page as `kind` ("print", else as it is) with media features: `prefers_color_scheme="dark"`."""
        listed = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self._say("Emulation.setEmulatedMedia", media=kind, features=listed)

    def ask(self, expression: str) -> Any:
        """Return what a JavaScript expression gives in the page, a promise's outcome included."""
        said = self._say("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in said, said["exceptionDetails"]
        return said["result"].get("value")

    def press(self, key: str, code: int, **more: object) -> None:
        """Press and let go one key."""
        for kind in ("keyDown", "keyUp"):
            self._say("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **more)

    def write(self, text: str) -> None:
        """Write text where the focus is."""
        self._say("Input.insertText", text=text)

    def print(self, target: Path) -> None:
        """Write the page as the browser prints it on A4."""
        printed = self._say("Page.printToPDF", preferCSSPageSize=True)
        target.write_bytes(base64.b64decode(printed["data"]))

    def picture(self, target: Path, *, whole: bool = True) -> None:
        """Write a picture of the page as PNG."""
        taken = self._say("Page.captureScreenshot", captureBeyondViewport=whole)
        target.write_bytes(base64.b64decode(taken["data"]))

    def _say(self, method: str, **given: object) -> Mapping[str, Any]:
        number = next(self._numbers)
        said: dict[str, object] = {"id": number, "method": method, "params": given}
        if self._session:
            said["sessionId"] = self._session
        os.write(self._commands, json.dumps(said).encode() + b"\0")
        for heard in self._heard():
            if heard.get("id") == number:
                assert "error" not in heard, heard
                answer: Mapping[str, Any] = heard["result"]
                return answer
        raise AssertionError(f"Chromium ended before it answered {method}")

    def _until(self, event: str) -> None:
        for heard in self._heard():
            if heard.get("method") == event:
                return
        raise AssertionError(f"Chromium ended before {event}")

    def _heard(self) -> Iterator[dict[str, Any]]:
        while True:
            message, zero, rest = self._rest.partition(b"\0")
            if zero:
                self._rest = rest
                yield json.loads(message)
                continue
            more = os.read(self._answers, 1 << 16)
            if not more:
                return
            self._rest += more


@contextmanager
def chromium(executable: str) -> Iterator[Page]:
    """Start Chromium with a profile of its own and give its one page; both are gone afterwards."""
    read_commands, commands = os.pipe()
    answers, write_answers = os.pipe()
    with tempfile.TemporaryDirectory(prefix="lh-chromium-", ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            ["bash", "-c", INTO_PIPES, "bash", executable, *ARGUMENTS, f"--user-data-dir={profile}"],
            env={**os.environ, "HOME": profile, "COMMANDS": str(read_commands), "ANSWERS": str(write_answers)},
            pass_fds=(read_commands, write_answers),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(read_commands)
        os.close(write_answers)
        try:
            page = Page(commands, answers)
            page.open()
            yield page
        finally:
            os.close(commands)
            os.close(answers)
            process.terminate()
            process.wait(timeout=20)
