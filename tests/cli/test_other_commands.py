"""get, env, function-spec."""

from __future__ import annotations

import json

from tests.cli.console import Console


def one(table: str) -> dict[str, object]:
    loaded: list[dict[str, object]] = json.loads(
        Console()("data", table, "--demo", "--limit", "1", "--format", "json").out
    )
    return loaded[0]


def test_get_finds_the_table_from_the_id() -> None:
    user = one("user")
    outcome = Console()("get", str(user["_id"]), "--demo")
    assert outcome.code == 0
    assert json.loads(outcome.out) == user
    assert outcome.out.startswith('{\n  "')
    assert outcome.lines == ["demo (--demo)", "table user"]
    assert json.loads(Console()("get", str(user["_id"]), "--demo", "--format", "jsonl").out) == user
    assert str(user["email"]) in Console()("get", str(user["_id"]), "--demo", "--format", "csv").out.splitlines()[1]


def test_get_shows_documents_of_components() -> None:
    component = Console()("data", "--demo", "--component", "?").err.split("Mounted components: ")[1].rstrip(".\n")
    table = Console()("data", "--demo", "--component", component).out.split()[0]
    listed = Console()("data", table, "--demo", "--component", component, "--format", "json", "--limit", "1")
    document = json.loads(listed.out)[0]
    outcome = Console()("get", document["_id"], "--demo")
    assert json.loads(outcome.out) == document
    assert outcome.lines[-1] == f"table {table} in component {component}"


def test_get_masks_credentials_on_a_terminal() -> None:
    session = one("session")
    for console, shown in ((Console(tty=True), False), (Console(), True)):
        outcome = console("get", str(session["_id"]), "--demo")
        assert (str(session["token"]) in outcome.out) is shown
    assert str(session["token"]) in Console(tty=True)("get", str(session["_id"]), "--demo", "--show-secrets").out


def test_get_of_what_is_not_there() -> None:
    from kitcn_repl.values.ids import decode_id, encode_id

    number = decode_id(str(one("user")["_id"])).table_number
    missing = encode_id(number, bytes(16))
    outcome = Console()("get", missing, "--demo", "-q")
    assert outcome.code == 1
    assert outcome.err == f"Error: No document has the id {missing} in table 'user'; it may have been deleted.\n"
    foreign = encode_id(99_999, bytes(16))
    outcome = Console()("get", foreign, "--demo", "-q")
    assert outcome.code == 1
    assert outcome.err == (
        f"Error: No document has the id {foreign}: it belongs to table number 99999, which is not a table here.\n"
    )


def test_env_list_is_a_dotenv_file() -> None:
    outcome = Console()("env", "list", "--demo")
    assert outcome.code == 0
    names = [line.partition("=")[0] for line in outcome.out.splitlines()]
    assert names == sorted(names)
    assert names
    assert Console()("env", "list", "--demo", "--names-only").out.splitlines() == names
    rows = json.loads(Console()("env", "list", "--demo", "--format", "json").out)
    assert [row["name"] for row in rows] == names
    first = rows[0]
    assert f"{first['name']}={first['value']}\n" in outcome.out
    assert Console()("env", "get", first["name"], "--demo").out == f"{first['value']}\n"


def test_env_values_are_masked_on_a_terminal() -> None:
    rows = json.loads(Console()("env", "list", "--demo", "--format", "json").out)
    terminal = Console(tty=True)
    for argv in ([], ["--format", "table"], ["--format", "pretty"]):
        masked = terminal("env", "list", "--demo", *argv)
        assert not any(row["value"] in masked.out for row in rows)
        assert masked.lines[-1] == "Values are masked on a terminal; --show shows them."
    for argv in (
        ["--show"],
        ["--include-values"],
        ["--format", "json"],
        ["--format", "csv"],
        ["--format", "table", "--show"],
    ):
        assert all(row["value"] in terminal("env", "list", "--demo", *argv).out for row in rows)


def test_env_get_of_an_unknown_name_fails() -> None:
    name = Console()("env", "list", "--demo", "--names-only").out.split()[0]
    outcome = Console()("env", "get", name[:-1], "--demo", "-q")
    assert outcome.code == 1
    assert outcome.err == f"Error: Environment variable '{name[:-1]}' not found. Did you mean '{name}'?\n"


def test_function_spec_is_the_genuine_json() -> None:
    outcome = Console()("function-spec", "--demo")
    assert outcome.code == 0
    spec = json.loads(outcome.out)
    assert list(spec) == ["url", "functions"]
    assert outcome.out == json.dumps(spec, indent=2, ensure_ascii=False) + "\n"
    kinds = {function["functionType"] for function in spec["functions"]}
    assert {"Query", "Mutation"} <= kinds
    for function in spec["functions"]:
        if function["functionType"] != "HttpAction":
            assert list(function) == ["args", "functionType", "identifier", "returns", "visibility"]
