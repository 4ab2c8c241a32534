"""A headless Chromium, spoken to by its DevTools protocol: no driver and no package besides `websockets`."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

PATIENCE = 60.0
"""Seconds; only ever spent on something that hangs."""


def chromium() -> str:
    """The program. Skips the test without one."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.skip("no chromium is installed")


def until(condition: Any, what: str) -> Any:
    """The first true value of `condition()`."""
    end = time.monotonic() + PATIENCE
    while not (value := condition()):
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.05)
    return value


class Tab:
    """One page."""

    def __init__(self, connection: ClientConnection, pictures: Path) -> None:
        self.pictures = pictures
        self._connection = connection
        self._numbers = count(1)

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._connection.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._connection.recv(PATIENCE))
            if message.get("id") == number:
                assert "error" not in message, message
                result: dict[str, Any] = message["result"]
                return result

    def open(self, url: str) -> None:
        self.send("Emulation.setFocusEmulationEnabled", enabled=True)
        self.send("Page.enable")
        self.send("Page.navigate", url=url)

    def ask(self, expression: str) -> Any:
        """The value of an expression of JavaScript in the page; promises are awaited."""
        answer = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, expression: str) -> Any:
        """Wait for an expression to be true."""
        try:
            return until(lambda: self.ask(expression), expression)
        except AssertionError:
            self.screenshot(self.pictures / "in_vain.png")
            raise

    def screenshot(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.send("Page.captureScreenshot", format="png")["data"]))


@contextmanager
def browser(home: Path, *, width: int = 1280, height: int = 1000, names: Sequence[str] = ()) -> Iterator[Tab]:
    """A new browser with an empty page; it ends with the test. For it `names` are this machine, others nowhere."""
    rules = ", ".join((*(f"MAP {name} 127.0.0.1" for name in names), "MAP * ~NOTFOUND", "EXCLUDE 127.0.0.1"))
    profile = home / "profile"
    command = [
        chromium(), "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-sync",
        "--proxy-server=direct://", f"--host-resolver-rules={rules}",
        f"--user-data-dir={profile}", "--remote-debugging-port=0", f"--window-size={width},{height}", "about:blank",
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        told = profile / "DevToolsActivePort"
        port = until(lambda: told.exists() and told.read_text().split("\n")[0], "the browser")

        def page() -> str | None:
            with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
                pages = [each for each in json.load(answer) if each["type"] == "page"]
                return str(pages[0]["webSocketDebuggerUrl"]) if pages else None
            return None

        with connect(until(page, "a page"), max_size=None, proxy=None) as connection:
            yield Tab(connection, home)
    finally:
        process.terminate()
        process.wait(PATIENCE)
