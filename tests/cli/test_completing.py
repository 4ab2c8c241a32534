"""Completion of the command line's own grammar."""

from __future__ import annotations

import pytest

from kitcn_repl.cli.completing import complete_arguments
from kitcn_repl.cli.main import COMMANDS


def offered(line: str, *tables: str) -> set[str]:
    """The line's last word is what is typed."""
    *words, typed = line.split(" ")
    return {candidate.text for candidate in complete_arguments([word for word in words if word], typed, tables)}


def test_commands_come_first() -> None:
    assert offered("") == set(COMMANDS)
    assert offered("--demo ") == set(COMMANDS)
    assert offered("--deployment prod ") == set(COMMANDS)


@pytest.mark.parametrize(
    ("line", "inside"),
    [
        ("deployment ", {"show", "list", "select", "create"}),
        ("env ", {"list", "get", "set", "remove", "default"}),
        ("env default ", {"list", "get", "set", "remove"}),
        ("data user --", {"--limit", "--order", "--where", "--format", "--prod", "--help"}),
        ("data --order ", {"asc", "desc"}),
        ("data --format ", {"table", "json", "jsonl", "csv", "markdown"}),
        ("run --", {"--inline-query", "--arg", "--watch", "--identity"}),
        ("--deployment ", {"dev", "prod", "demo", "local", "snapshot:"}),
        ("data user --deployment ", {"dev", "prod"}),
        ("-", {"--demo", "--prod", "--version"}),
    ],
)
def test_what_may_follow(line: str, inside: set[str]) -> None:
    assert offered(line) >= inside


def test_tables_are_arguments() -> None:
    for command in ("data", "schema", "relations"):
        assert offered(f"{command} ", "user", "session") == {"user", "session"}
    assert not offered("data user ", "user", "session") & {"user", "session"}
    assert not offered("logs ", "user") & {"user"}


def test_flags_are_offered_once_and_hidden_ones_never() -> None:
    assert "--limit" not in offered("data --limit 5 --")
    assert "--where" in offered("data --where a=1 --")
    assert "--tail" not in offered("logs --")


@pytest.mark.parametrize("line", ["nonsense ", "env nonsense ", "data --nonsense ", "-- ", "deployment show -- x "])
def test_it_never_fails(line: str) -> None:
    offered(line)
