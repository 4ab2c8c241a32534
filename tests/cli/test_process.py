"""The command as the shell starts it: what it imports, pipes that close, ctrl-c, a real terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from kitcn_repl.offline.demo import demo_dataset
from tests.support.founding import SCHEMA as FOUNDING
from tests.support.served import served

ROOT = Path(__file__).parents[2]
KITCN = [sys.executable, "-m", "kitcn_repl"]
PATIENCE = 60
"""Seconds; only ever spent on a process that hangs."""

MODULES = """
import json, sys
from kitcn_repl.cli.environment import real_environment
from kitcn_repl.cli.main import main
code = main(sys.argv[1:], real_environment())
print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""
TOOLKITS = {"textual", "IPython", "prompt_toolkit"}
NEVER_ON_A_PIPE = {"rich", "starlette", "uvicorn", "convex", "kitcn_tui"} | TOOLKITS
HEAVY = {
    "asyncio", "difflib", "dotenv", "httpx2", "kitcn_repl.deployment.protocol", "kitcn_repl.explore.opening",
    "kitcn_repl.offline.offline", "kitcn_repl.values.codec", "platformdirs", "pydantic", "sqlite3", "tree_sitter",
}  # fmt: skip


def variables(**more: str) -> dict[str, str]:
    world = ("COLUMNS", "CONVEX_", "FORCE_COLOR", "KITCN_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(world)}
    return {**kept, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **more}


def imported_by(*argv: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", MODULES, *argv], capture_output=True, text=True, env=variables(), timeout=PATIENCE
    )
    code, modules = json.loads(done.stderr.splitlines()[-1])
    assert code == 0, done.stderr
    return set(modules)


@pytest.mark.parametrize("argv", [["--version"], ["--help"], [], ["env"]])
def test_help_and_version_import_next_to_nothing(argv: list[str]) -> None:
    assert imported_by(*argv) & (HEAVY | NEVER_ON_A_PIPE) == set()


@pytest.mark.parametrize("command", ["run", "data", "get", "schema", "relations", "function-spec", "serve", "tui"])
def test_the_help_of_a_command_imports_little(command: str) -> None:
    assert imported_by(command, "--help") & (HEAVY | NEVER_ON_A_PIPE) == set()


@pytest.mark.parametrize(
    "argv",
    [
        ["data"],
        ["data", "user"],
        ["env", "list"],
        ["function-spec"],
        ["run", "--inline-query", "1"],
        ["run", "users:list"],
    ],
)
def test_offline_commands_on_a_pipe_import_no_terminal(argv: list[str]) -> None:
    assert imported_by(*argv, "--demo") & (NEVER_ON_A_PIPE | {"pydantic", "httpx2"}) == set()


AUDITED = """
import json, sys
seen = []
sys.addaudithook(lambda event, arguments: seen.append(event) if event in
    ("socket.connect", "socket.getaddrinfo", "socket.bind", "subprocess.Popen", "os.system") else None)
from kitcn_repl.cli.environment import real_environment
from kitcn_repl.cli.main import main
code = main(sys.argv[1:], real_environment())
print(json.dumps([code, seen]), file=sys.stderr)
"""


@pytest.mark.parametrize("argv", ["schema", "schema user", "relations", "relations --format json"])
def test_the_source_alone_is_read_without_network_and_without_running_it(argv: str) -> None:
    command = [*argv.split(), "--source", str(FOUNDING)]
    done = subprocess.run(
        [sys.executable, "-c", AUDITED, *command], capture_output=True, text=True, env=variables(), timeout=PATIENCE
    )
    assert json.loads(done.stderr.splitlines()[-1]) == [0, []]
    modules = imported_by(*command)
    assert modules & ((NEVER_ON_A_PIPE - {"rich"}) | {"pydantic", "sqlite3", "httpx2"}) == set()
    assert not any(name.startswith(("kitcn_repl.offline.", "kitcn_repl.control_plane.")) for name in modules)


@pytest.mark.parametrize("argv", [["run", "--inline-query", "1"], ["data", "user"], ["data", "user", "--where", "a=1"]])
def test_exact_output_reads_no_source(argv: list[str]) -> None:
    modules = imported_by(*argv, "--demo")
    assert "tree_sitter" not in modules
    assert not any(name.startswith("kitcn_repl.schema.source") for name in modules)


def test_an_inline_query_to_a_url_imports_neither_pydantic_nor_anything_offline() -> None:
    with served(demo_dataset()) as server:
        where = ("--url", server.url, "--admin-key", server.admin_key)
        modules = imported_by("run", "--inline-query", 'await ctx.db.query("user").take(1)', *where)
    forbidden = {"pydantic", "sqlite3", "tree_sitter", "platformdirs", "dotenv"}
    assert modules & (NEVER_ON_A_PIPE | forbidden) == set()
    assert not any(name.startswith(("kitcn_repl.offline.", "rich.")) for name in modules)


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_leaves_ends_the_command_quietly(unbuffered: str) -> None:
    command = subprocess.Popen(
        [*KITCN, "run", "--demo", "-q", "--inline-query", '"x".repeat(10_000_000)'],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=variables(PYTHONUNBUFFERED=unbuffered),
    )  # fmt: skip
    assert command.stdout is not None
    assert command.stderr is not None
    assert command.stdout.read(10) == b'"xxxxxxxxx'
    command.stdout.close()
    errors = command.stderr.read()
    command.stderr.close()
    assert command.wait(PATIENCE) == 141
    assert errors == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("argv", ["--help", "data --demo", "data project --demo --format jsonl"])
def test_an_output_that_takes_no_more(argv: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" -m kitcn_repl {argv} -q > /dev/full', sys.executable],
        capture_output=True, text=True, env=variables(), timeout=PATIENCE,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "Error: The output cannot be written: No space left on device.\n")


def test_the_output_is_utf8_whatever_the_locale() -> None:
    done = subprocess.run(
        [*KITCN, "run", "--demo", "-q", "--inline-query", '"Zoë 日本 👍"'],
        capture_output=True, env=variables(LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0"), timeout=PATIENCE,
    )  # fmt: skip
    assert done.stdout == '"Zoë 日本 👍"\n'.encode()


def test_a_query_from_a_real_stdin() -> None:
    done = subprocess.run(
        [*KITCN, "run", "--demo", "-q", "--inline-query", "-"],
        input='return "ż"'.encode(), capture_output=True, env=variables(), timeout=PATIENCE,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, '"ż"\n'.encode(), b"")
    done = subprocess.run(
        [*KITCN, "run", "--demo", "-q", "--inline-query", "-"],
        input=b'"\xff"', capture_output=True, env=variables(), timeout=PATIENCE,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (2, b"Error: The query on stdin is not UTF-8 text.\n")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_that_the_shell_closed(closed: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" -m kitcn_repl data --demo {closed}', sys.executable],
        capture_output=True, text=True, env=variables(), timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert ("user\n" in done.stdout) is (">&-" not in closed.replace("2>&-", ""))


def test_a_directory_that_is_gone(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    done = subprocess.run(
        ["sh", "-c", 'rmdir ../gone && exec "$0" -m kitcn_repl data --demo', sys.executable],
        capture_output=True, text=True, env=variables(), timeout=PATIENCE, cwd=gone,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "demo (--demo)\n")


class Terminal:
    """A command on a real pseudo-terminal; `text` is what it has shown so far."""

    def __init__(self, *argv: str, rows: int = 24, columns: int = 80, **more: str) -> None:
        import fcntl
        import struct
        import termios

        self.text = ""
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.process = subprocess.Popen(
            [*KITCN, *argv],
            stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            env={**variables(TERM="xterm-256color", **more)},
        )  # fmt: skip
        os.close(slave)

    def read_until(self, wanted: str) -> str:
        while wanted not in self.text:
            assert self._read(), f"ended without {wanted!r}: {self.text!r}"
        return self.text

    def finish(self) -> tuple[int, str]:
        while self._read():
            pass
        os.close(self._master)
        return self.process.wait(PATIENCE), self.text.replace("\r\n", "\n")

    def _read(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], PATIENCE)
        assert ready, f"hangs after {self.text!r}"
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return False
        self.text += data.decode("utf-8", "replace")
        return bool(data)


def test_a_table_on_a_real_terminal_fits_it() -> None:
    code, text = Terminal("data", "session", "--demo", "--limit", "3", "-q", columns=72).finish()
    assert code == 0
    lines = text.splitlines()
    assert lines[0].startswith("_id ")
    assert set(lines[1]) == {"─", " "}
    assert max(map(len, lines)) <= 72


def test_the_width_may_be_told() -> None:
    _, text = Terminal("data", "session", "--demo", "--limit", "3", "-q", columns=200, COLUMNS="60").finish()
    assert max(map(len, text.splitlines())) <= 60


@pytest.mark.parametrize("argv", ["schema", "schema user", "relations", "relations user"])
@pytest.mark.parametrize("columns", [80, 160])
def test_schemas_on_a_real_terminal_fit_it(argv: str, columns: int) -> None:
    code, text = Terminal(*argv.split(), "--demo", "-q", columns=columns).finish()
    assert code == 0
    assert "session" in text
    assert max(map(len, text.splitlines())) <= columns


def test_a_real_process_keeps_data_and_notes_apart(tmp_path: Path) -> None:
    def run(*argv: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [*KITCN, *argv], capture_output=True, text=True, env=variables(), timeout=PATIENCE, cwd=tmp_path
        )
        return done.returncode, done.stdout, done.stderr

    code, out, errors = run("relations", "--source", str(FOUNDING), "--format", "json")
    assert code == 0
    assert len(json.loads(out)) == 6
    assert errors == f"schema source: {FOUNDING}\n"
    missing = "Error: --source missing.ts: there is no such file or folder.\n"
    assert run("relations", "--source", "missing.ts") == run("schema", "--source", "missing.ts") == (1, "", missing)
    assert run("schema", "--diff", "--demo", "--format", "json")[:2] == (0, "[]\n")
    (tmp_path / "schema.ts").write_text('export default defineSchema({ user: convexTable("user", {) });\n')
    code, out, errors = run("schema", "--source", "schema.ts", "--format", "json")
    assert code == 0
    assert json.loads(out)["problems"][0]["line"] == 1
    assert "Traceback" not in errors


def test_colours_on_a_real_terminal() -> None:
    code, text = Terminal("run", "--demo", "-q", "--inline-query", "({n: 5n})", NO_COLOR="").finish()
    assert code == 0
    assert "\x1b[33m5n\x1b[0m" in text
    assert re.sub(r"\x1b\[[0-9;]*m", "", text) == "{ n: 5n }\n"


def test_ctrl_c_stops_waiting_at_once_with_130() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        terminal = Terminal("run", "--url", url, "--admin-key", "s3cret", "--inline-query", "1")
        silent.settimeout(PATIENCE)
        connection, _ = silent.accept()
        with connection:
            os.killpg(terminal.process.pid, signal.SIGINT)
            code, text = terminal.finish()
    assert code == 130
    assert "Traceback" not in text
    assert "s3cret" not in text
    assert len(text.splitlines()) <= 2


def test_ctrl_c_ends_an_offline_query() -> None:
    terminal = Terminal("run", "--demo", "--inline-query", "-")
    terminal.read_until("ctrl-d")
    os.killpg(terminal.process.pid, signal.SIGINT)
    code, text = terminal.finish()
    assert code == 130
    assert "Traceback" not in text


def test_serve_tells_where_and_ends_with_ctrl_c() -> None:
    command = subprocess.Popen(
        [*KITCN, "serve", "--demo"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=variables()
    )
    assert command.stdout is not None
    assert command.stderr is not None
    url = command.stdout.readline().strip()
    key = command.stdout.readline().strip()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
    asked = subprocess.run(
        [*KITCN, "data", "--url", url, "--admin-key", key], capture_output=True, text=True, env=variables()
    )
    assert asked.returncode == 0
    assert "user" in asked.stdout.split()
    command.send_signal(signal.SIGINT)
    out, errors = command.communicate(timeout=PATIENCE)
    assert command.returncode == 0
    assert out == ""
    first, paste, last = errors.splitlines()
    assert first == "demo (--demo)"
    assert paste.startswith(f"Try it: npx convex data --url {url} --admin-key ")
    assert last == "ctrl-c ends it."
