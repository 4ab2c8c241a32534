from __future__ import annotations

import csv
import io
import json
import re

import pytest

from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.offline import Offline
from tests.cli.console import Console
from tests.support.served import served

ON_A_TERMINAL = Console(tty=True)


def documents(*argv: str) -> list[dict[str, object]]:
    outcome = Console()("data", *argv, "--demo", "--format", "json")
    assert outcome.code == 0, outcome.err
    loaded: list[dict[str, object]] = json.loads(outcome.out)
    return loaded


def test_tables_are_names_on_a_pipe() -> None:
    outcome = Console()("data", "--demo")
    assert outcome.code == 0
    names = outcome.out.splitlines()
    assert "user" in names
    assert names == sorted(names)
    assert outcome.err == "demo (--demo)\n"
    for genuine in ("pretty", "jsonArray", "jsonLines"):
        assert Console()("data", "--demo", "--format", genuine).out == outcome.out


def test_tables_have_counts_in_other_formats() -> None:
    tables = documents()
    counts = {str(table["name"]): table["count"] for table in tables}
    assert counts["user"] == len(documents("user", "--limit", "100000"))
    lines = Console()("data", "--demo", "--format", "jsonl").out.splitlines()
    assert [json.loads(line) for line in lines] == tables
    rows = list(csv.reader(io.StringIO(Console()("data", "--demo", "--format", "csv").out)))
    assert rows == [["name", "count"], *([name, str(number)] for name, number in counts.items())]
    assert Console()("data", "--demo", "--format", "markdown").out.startswith("| name | count |\n| --- | --- |\n")
    drawn = Console()("data", "--demo", "--format", "table").out.splitlines()
    assert drawn[0].split() == ["name", "count"]
    on_terminal = ON_A_TERMINAL("data", "--demo").out.splitlines()
    assert on_terminal[0].split() == ["table", "documents"]
    assert len(on_terminal) == len(tables) + 2


def test_documents_on_a_pipe_are_the_genuine_table() -> None:
    outcome = Console()("data", "user", "--demo", "--limit", "3")
    header, rule, *rows = outcome.out.splitlines()
    assert header.startswith("_id ")
    assert header.split(" | ")[1].startswith("_creationTime")
    assert re.fullmatch(r"[-|]+", rule)
    assert len(rows) == 3
    assert Console()("data", "user", "--demo", "--limit", "3", "--format", "pretty").out == outcome.out


def test_truncation_is_announced_in_every_format() -> None:
    for format_ in ("table", "json", "jsonl", "csv", "markdown", "pretty", "jsonArray", "jsonLines"):
        outcome = Console()("data", "user", "--demo", "--limit", "3", "--format", format_)
        assert outcome.lines[-1] == (
            "Showing the 3 most recently created documents. Use the --limit option to see more."
        )
    oldest = Console()("data", "user", "--demo", "--limit", "1", "--order", "asc", "--quiet")
    assert oldest.err == "Showing the 1 oldest created document. Use the --limit option to see more.\n"
    everything = Console()("data", "user", "--demo", "--limit", "100000")
    assert "Showing" not in everything.err


def test_order_is_by_creation_time_newest_first() -> None:
    newest = [row["_creationTime"] for row in documents("user", "--limit", "5")]
    assert newest == sorted(newest, key=lambda time: -float(str(time)))
    oldest = [row["_creationTime"] for row in documents("user", "--limit", "5", "--order", "asc")]
    assert oldest == sorted(oldest, key=lambda time: float(str(time)))


def test_an_index_gives_its_order() -> None:
    emails = [str(row["email"]) for row in documents("user", "--index", "email", "--order", "asc")]
    assert emails == sorted(emails)
    note = Console()("data", "user", "--demo", "--index", "email", "--limit", "2", "-q").err
    assert note == "Showing the first 2 documents by index email. Use the --limit option to see more.\n"


def test_conditions_select() -> None:
    everyone = documents("user", "--limit", "1000")
    email = str(everyone[7]["email"])
    assert documents("user", "--where", f"email = {email}") == [everyone[7]]
    time = float(str(everyone[7]["_creationTime"]))
    later = documents("user", "--limit", "1000", "--where", f"_creationTime > {time!r}")
    assert later == everyone[:7]
    both = documents("user", "--where", f"_creationTime > {time!r}", "--where", f"email == {email}")
    assert both == []


def test_json_lines_and_json_are_valid_for_every_value_type() -> None:
    array = documents("typeZoo", "--limit", "1000")
    lines = Console()("data", "typeZoo", "--demo", "--limit", "1000", "--format", "jsonl").out.splitlines()
    assert [json.loads(line) for line in lines] == array
    text = json.dumps(array)
    for form in ("$integer", "$bytes", "$float"):
        assert form in text


def test_the_genuine_names_print_the_display_form() -> None:
    array = Console()("data", "typeZoo", "--demo", "--limit", "1000", "--format", "jsonArray").out
    lines = Console()("data", "typeZoo", "--demo", "--limit", "1000", "--format", "jsonLines").out
    assert array == "[\n" + lines.rstrip("\n").replace("\n", ",\n") + "\n]\n"
    assert re.search(r": -?\d+n", lines)
    assert 'Bytes("' in lines


def test_nothing_found_says_so_and_json_stays_json() -> None:
    argv = ("data", "user", "--demo", "--where", "email = nobody")
    for format_, out in (
        ("json", "[]\n"),
        ("jsonl", ""),
        ("csv", ""),
        ("table", ""),
        ("jsonArray", ""),
        ("pretty", ""),
    ):
        outcome = Console()(*argv, "--format", format_)
        assert outcome.code == 0
        assert outcome.out == out
        assert outcome.lines[-1] == "There are no documents that match in this table."


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["usr"], 'There is no table "usr"; did you mean "user"?'),
        (["_storge"], 'There is no table "_storge"; did you mean "_storage"?'),
        (["user", "--component", "nope"], "Component path 'nope' not found. Mounted components: "),
        (["user", "--index", "emial"], "Index user.emial not found."),
    ],
)
def test_what_does_not_exist_is_one_line(argv: list[str], message: str) -> None:
    outcome = Console()("data", *argv, "--demo", "-q")
    assert outcome.code == 1
    assert outcome.out == ""
    assert outcome.err.startswith(f"Error: {message}")
    assert len(outcome.lines) == 1


def test_a_component_has_tables_of_its_own() -> None:
    error = Console()("data", "--demo", "--component", "nope").err
    found = re.search(r"Mounted components: ([\w/]+)", error)
    assert found
    component = Console()("data", "--demo", "--component", found[1])
    assert component.code == 0
    assert component.out != Console()("data", "--demo").out
    assert Console()("data", "--demo", "--component", "_App").out == Console()("data", "--demo").out


def test_credentials_are_masked_for_people_and_exact_for_machines() -> None:
    (session,) = documents("session", "--limit", "1")
    token = str(session["token"])
    wide = Console(tty=True, width=400)
    masked = wide("data", "session", "--demo", "--limit", "1")
    assert token not in masked.out
    assert "••••••••" in masked.out
    assert "1 credential masked; --show-secrets shows them." in masked.err
    assert token in wide("data", "session", "--demo", "--limit", "1", "--show-secrets").out
    for format_ in ("json", "jsonl", "csv", "markdown", "jsonLines"):
        assert token in wide("data", "session", "--demo", "--limit", "1", "--format", format_).out
    assert token in Console()("data", "session", "--demo", "--limit", "1").out


def test_a_terminal_table_fits_and_says_what_it_left_out() -> None:
    outcome = Console(tty=True, width=80)("data", "session", "--demo", "--limit", "3")
    assert all(len(line) <= 80 for line in outcome.out.splitlines())
    shown = outcome.out.splitlines()[0].split()
    assert shown[:2] == ["_id", "_creationTime"]
    left_out = re.search(r"(\d+) columns not shown \(([^)]*)\)", outcome.err.replace("\n", " "))
    assert left_out
    names = left_out[2].split(", ")
    assert len(names) == int(left_out[1])
    assert not set(names) & set(shown)
    wide = Console(tty=True, width=1000)("data", "session", "--demo", "--limit", "3")
    assert "not shown" not in wide.err


def test_an_unknown_component_is_told_alike_by_a_served_deployment() -> None:
    with served(Offline(demo_dataset())) as server:
        where = ("--url", server.url, "--admin-key", server.admin_key, "--component", "nope", "-q")
        for argv in (("data",), ("data", "user"), ("run", "--inline-query", "1")):
            assert Console()(*argv, *where).err == Console()("data", "--demo", "--component", "nope", "-q").err
