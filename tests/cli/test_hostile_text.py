"""Data, names, logs, errors and file names that try to drive a terminal: no command in no format lets them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pytest

from kitcn_repl.values import JsonValue
from tests.cli.console import Console, Outcome
from tests.support.snapshots import USERS, document_id, snapshot_entries, write_snapshot

TITLE, LINK, CLIPBOARD = "\x1b]0;pwned\x07", "\x1b]8;;http://evil.example\x1b\\", "\x1b]52;c;cHduZWQ=\x07"
EVIL = f"a{TITLE}{LINK}{CLIPBOARD}\x9b31m\x90q\x1bP\x1b[2J\x1b[6n\x08\x7f\u202e\u2066\u2028\rb"
ID = document_id(USERS, 1)
FORMATS = ("table", "json", "jsonl", "csv", "markdown", "pretty", "jsonArray", "jsonLines")
FAILING = f"throw new Error({EVIL!r})"
LOGGING = "console.log((await ctx.db.query('user').first()).name); console.warn('\\x9b31m\\u202e'); 1"
COMMANDS: dict[str, Sequence[str]] = {
    "get": ("get", ID),
    "schema": ("schema",),
    "schema of a table": ("schema", "user"),
    "relations": ("relations", ID),
    "a table that is not there": ("data", EVIL),
    "a condition": ("data", "user", "--where", f"name = {EVIL}"),
    "an unknown field": ("data", "user", "--where", f"{EVIL.replace('=', '')} = 1"),
    "an id": ("get", EVIL),
    "doctor": ("doctor",),
    "a result": ("run", "--inline-query", "ctx.db.query('user').collect()"),
    "an error": ("run", "--inline-query", FAILING),
    "logs": ("run", "--inline-query", LOGGING),
    "an unknown command": (EVIL,),
    "an unknown flag": ("data", f"--{EVIL}"),
}


def obeyed(text: str) -> set[str]:
    """What a terminal acts on, besides line feeds."""
    return {
        char
        for char in text
        if (unicodedata.category(char) in ("Cc", "Zl", "Zp") and char != "\n")
        or char in "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    document: dict[str, JsonValue] = {
        "_id": ID,
        "_creationTime": 1.0,
        "name": EVIL,
        "nested": {"list": [EVIL, {"inner": EVIL}]},
        f"field{EVIL}": EVIL,
    }
    write_snapshot(folder / f"backup{TITLE.replace('/', '')}.zip", snapshot_entries({"user": [document]}))
    return folder


def asked(folder: Path, *argv: str, tty: bool = True) -> Outcome:
    (snapshot,) = folder.glob("*.zip")
    variables = {"KITCN_CACHE_DIR": str(folder / "cache")}
    return Console(cwd=folder, variables=variables, tty=tty)(*argv, "--snapshot", str(snapshot))


@pytest.fixture(autouse=True)
def own_cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KITCN_CACHE_DIR", str(folder / "cache"))


@pytest.mark.parametrize("format_", FORMATS)
def test_no_format_drives_a_terminal(folder: Path, format_: str) -> None:
    outcome = asked(folder, "data", "user", "--format", format_)
    assert outcome.code == 0
    assert "\\u001b" in outcome.out
    assert obeyed(outcome.out + outcome.err) == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_drives_a_terminal(folder: Path, name: str) -> None:
    outcome = asked(folder, *COMMANDS[name])
    assert outcome.out + outcome.err
    assert obeyed(outcome.out + outcome.err) == set()


@pytest.mark.parametrize("format_", ["json", "csv"])
def test_what_is_said_beside_exact_data_drives_none_either(folder: Path, format_: str) -> None:
    """stdout is another program's; stderr may still be a terminal."""
    outcome = asked(folder, "data", "user", "--format", format_, tty=False)
    assert "\u202e" in outcome.out
    assert outcome.err
    assert obeyed(outcome.err) == set()
