"""The magics in a real IPython terminal."""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from tests.magic.kernels import variables

_CONTROL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07]*\x07|[@-Z\\-_])|\r")


class Terminal:
    """IPython behind a pty; what it prints is read up to the next prompt."""

    def __init__(self, home: Path) -> None:
        self._process = pexpect.spawn(
            sys.executable,
            ["-m", "IPython", "--simple-prompt", "--no-banner", "--no-confirm-exit"],
            env=variables(home, {"TERM": "xterm-256color"}),
            cwd=str(home),
            encoding="utf-8",
            timeout=60,
            dimensions=(40, 120),
        )
        self._process.expect(r"In \[1\]: ")

    def run(self, line: str) -> str:
        self.type(line)
        return self.output()

    def type(self, line: str) -> None:
        self._process.sendline(line)

    def output(self) -> str:
        self._process.expect(r"\nIn \[\d+\]: ")
        return _CONTROL.sub("", str(self._process.before))

    def wait_for(self, text: str) -> None:
        self._process.expect(text)

    def interrupt(self) -> None:
        self._process.sendintr()

    def close(self) -> None:
        self._process.close(force=True)


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path_factory.mktemp("ipython"))
    terminal.run("%load_ext kitcn_repl")
    yield terminal
    terminal.close()


def test_results_show_as_tables_as_wide_as_the_terminal(terminal: Terminal) -> None:
    assert "session" in terminal.run("%kitcn use demo")
    told = terminal.run("get_ipython().run_cell_magic('kitcn', '-o users', 'ctx.db.query(\"user\").take(2)')")
    assert "_creationTime" in told
    assert "Ada Abe" in told
    assert max(map(len, told.splitlines())) <= 120
    assert "2" in terminal.run("len(users)")


def test_commands_print(terminal: Terminal) -> None:
    assert "emailVerified" in terminal.run("%kitcn schema user --demo")


def test_errors_have_no_traceback(terminal: Terminal) -> None:
    told = terminal.run("%kitcn data usr --demo")
    assert "UnknownTableError" in told
    assert "Traceback" not in told


def test_ctrl_c_ends_a_query(terminal: Terminal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        flags = f"--url http://127.0.0.1:{server.getsockname()[1]} --admin-key test|key"
        terminal.type(f"get_ipython().run_cell_magic('kitcn', '{flags}', '5')")
        connection, _address = server.accept()
        with connection:
            connection.recv(1)  # the question is there, and never answered
            terminal.interrupt()
            told = terminal.output()
            connection.settimeout(60)
            while connection.recv(65536):
                pass  # until the other end is closed
    assert "Interrupted." in told
    assert "Traceback" not in told
    assert "5" in terminal.run("get_ipython().run_cell_magic('kitcn', '--demo', '5').value")
