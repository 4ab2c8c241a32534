"""Names that somebody else chose, in what is copied: a real shell, a real prompt, the runtime and IPython get exactly
the words that were meant, and run nothing else."""

from __future__ import annotations

import json
import os
import pty
import select
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

from kitcn_repl.deployment.models import FieldFilter, IndexBound, PageRequest, QueryModule
from kitcn_repl.explore.browsing.ordering import ordering
from kitcn_repl.explore.browsing.table_view import Prepared, TableView
from kitcn_repl.explore.calls.command import run_command
from kitcn_repl.explore.inline.arguments import literal
from kitcn_repl.explore.planning import Plan
from kitcn_repl.explore.spelling.queries import query_cell, query_command
from kitcn_repl.explore.spelling.quoting import cell_word, shell_word
from kitcn_repl.explore.spelling.target import with_flags
from kitcn_repl.explore.spelling.views import (
    document_command,
    documents_cell,
    documents_query,
    view_command,
    view_query,
)
from kitcn_repl.explore.terms import Terms
from kitcn_repl.magic.cell_options import CellOptions, parse_cell_options
from kitcn_repl.magic.splitting import split_line
from kitcn_repl.magic.variables import with_expressions, with_variables
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.engine import Engine
from kitcn_repl.targets.target import Target
from kitcn_repl.values import JsonValue
from tests.cli.console import Console

HOSTILE = [
    "it's", '"', "\\", "\\'", "'\\''", "$(touch canary)", "`touch canary`", "; touch canary #", "a b", "a\nb",
    "\n touch canary\n", "| touch canary", "> canary", "&& touch canary", "$HOME", "${IFS}", "!!", "! touch canary",
    "~", "*", "-x", "--", "--prod", "--admin-key=k", "=cmd|' /C calc'!A0", "%s", "#", " ", "{__import__('os')}", "$x",
    "日本\u202e", "</script>", "${1}", "*/ evil /*", "//", "`${evil}`", "\\u0027", "__proto__", "constructor", "\u2028",
    "é́",
]  # fmt: skip
OBEYED = ["\x03", "\x04", "\x15", "\x17", "\x1a", "\t", "\r", "\x1b[201~", "\x7f", "\x00", "\x9b31m", "\x16"]
"""Control characters, on which a prompt acts as they come: interrupt, end of file, erase, suspend, complete, enter."""

TEXT = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.sampled_from("'\"\\$`;|&<>(){}[]!*?#~= \n-ax1é%/"), max_size=12),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8),
).filter(bool)
DEMO = Target("demo", "demo", "--demo")


def snapshot(name: str) -> Target:
    return Target("snapshot", "backup", "--snapshot", path=Path("/tmp", f"{name}.zip"))


def view(table: str, *texts: str, index: str | None = None) -> Prepared:
    """A view of which every name and value is somebody else's, made without asking whether there is such a table."""
    filters = tuple(FieldFilter(text, "eq", text) for text in texts)
    bounds = (IndexBound(is_equality=True, equals=texts[0]),) if index is not None and texts else ()
    request = PageRequest(table, index=index, filters=filters, bounds=bounds)
    conditions = tuple(f"f = {json.dumps(text)}" for text in texts)
    how = ordering(index, texts[:1] if index is not None else (), descending=True)
    return Prepared(TableView(table, conditions, index=index), Plan(request), Terms(request), how)


def words_in(shell: str, commands: Sequence[str], folder: Path) -> list[list[str]]:
    """The arguments of each command, as the shell gives them to a `kitcn`."""
    program = 'kitcn() { printf "%s\\0" "$#" "$@"; }\n' + "\n".join(commands) + "\n"
    ran = subprocess.run([shell], input=program.encode(), cwd=folder, capture_output=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, b""), ran.stderr.decode()
    assert list(folder.iterdir()) == [], "a command of the text itself was run"
    pieces = ran.stdout.decode().split("\0")[:-1]
    found = []
    while pieces:
        count = int(pieces[0])
        found.append(pieces[1 : 1 + count])
        pieces = pieces[1 + count :]
    return found


def shells() -> list[str]:
    """The standard one and the usual one."""
    return [found for name in ("sh", "bash") if (found := shutil.which(name)) is not None]


def expected(text: str, other: str) -> list[tuple[str, list[str]]]:
    """Commands with hostile names, and the arguments that they must have."""
    path = str(snapshot(other).path)
    dashed = text.startswith("-")
    flags = ["--snapshot", path]
    data = ["--where", f"f = {json.dumps(other)}", "--index", other, "--order", "asc"]
    prepared = view(text, other, index=other)
    named = TableView(text, prepared.view.conditions, index=other, order="asc")
    copied = Prepared(named, prepared.plan, prepared.terms, prepared.ordering)
    args: dict[str, JsonValue] = {"x": text}
    call = [text, json.dumps(args, ensure_ascii=False, separators=(",", ":"))]
    to_component, demo = ["--component", "a/b"], ["--demo"]
    return [
        (
            view_command(copied, snapshot(other)),
            ["data", *data, *flags, "--", text] if dashed else ["data", text, *data, *flags],
        ),
        (query_command(text, snapshot(other), other), ["run", "--inline-query", text, "--component", other, *flags]),
        (document_command(text, DEMO), ["get", *demo, "--", text] if dashed else ["get", text, *demo]),
        (
            with_flags("kitcn schema", DEMO, subject=text),
            ["schema", *demo, "--", text] if dashed else ["schema", text, *demo],
        ),
        (
            run_command(text, args, component="a/b", target=DEMO),
            ["run", *to_component, *demo, "--", *call] if dashed else ["run", *call, *to_component, *demo],
        ),
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=12))
def test_a_shell_gets_the_words_and_runs_nothing(
    tmp_path_factory: pytest.TempPathFactory, texts: list[tuple[str, str]]
) -> None:
    meant = [each for text, other in texts for each in expected(text, other)]
    for shell in shells():
        told = words_in(shell, [command for command, _ in meant], tmp_path_factory.mktemp("shell"))
        assert told == [words for _, words in meant]


def test_every_hostile_name_in_every_command(tmp_path: Path) -> None:
    meant = [each for text in HOSTILE for each in expected(text, text)]
    for shell in shells():
        assert words_in(shell, [command for command, _ in meant], tmp_path) == [words for _, words in meant]


def test_control_characters_are_escapes_and_mean_the_same(tmp_path: Path) -> None:
    texts = [f"a{char}touch canary{end}'" for char in OBEYED for end in ("\n", "\r", "")]
    commands = [f"kitcn {shell_word(text)}" for text in texts]
    assert not [char for char in OBEYED if char in "".join(commands)]
    told = words_in("bash", commands, tmp_path)
    assert [words[0] for words in told] == [text.replace("\0", "\\u0000") for text in texts]


def test_pasting_at_a_prompt_runs_nothing_but_the_command(tmp_path: Path) -> None:
    """Typed key by key into an interactive bash with history and completion: the worst that a paste can be."""
    texts = [*HOSTILE, *(f"x{char}touch canary\r" for char in OBEYED)]
    told = tmp_path / "told"
    keys = ["kitcn() { printf '%s\\0' \"$@\" >> " + shlex.quote(str(told)) + "; }\n"]
    keys += [f"kitcn {shell_word(text)}\n" for text in texts] + ["exit\n"]
    work = tmp_path / "work"
    work.mkdir()
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(work)
        variables = {"PATH": os.environ["PATH"], "HOME": str(work), "TERM": "dumb", "HISTFILE": "", "LANG": "C.UTF-8"}
        os.execve(shutil.which("bash") or "bash", ["bash", "--norc", "--noprofile", "-i"], variables)
    typed = memoryview("".join(keys).encode())
    screen = b""
    while True:
        ready, able, _ = select.select([terminal], [terminal] if typed else [], [], 60)
        assert ready or able, screen[-2000:]
        if able:
            typed = typed[os.write(terminal, typed[:512]) :]
        if ready:
            try:
                screen += os.read(terminal, 65_536)
            except OSError:
                break
    os.waitpid(child, 0)
    os.close(terminal)
    assert told.read_bytes().decode().split("\0")[:-1] == [text.replace("\0", "\\u0000") for text in texts]
    assert list(work.iterdir()) == []


STAND_IN = """
const standIn = () => {
  const calls = [], q = {field: (name) => ["field", name], and: (...all) => ["and", ...all]}, range = {};
  for (const op of ["eq", "neq", "gt", "gte", "lt", "lte"]) {
    q[op] = (...given) => [op, ...given];
    range[op] = (...given) => (calls.push([op, ...given]), range);
  }
  const chain = {
    withIndex: (name, bounds) => (calls.push(["withIndex", name]), bounds?.(range), chain),
    order: (order) => (calls.push(["order", order]), chain),
    filter: (made) => (calls.push(["filter", made(q)]), chain),
    take: async (count) => [...calls, ["take", count]],
  };
  return {db: {query: (table) => (calls.push(["query", table]), chain), get: async (id) => ["get", id]}};
};
"""


async def test_the_runtime_gets_the_literal_values(tmp_path: Path) -> None:
    """Every copied query, run against a stand-in of `ctx` that tells what it was asked for."""
    texts = [text for text in (*HOSTILE, *OBEYED, "\ud800", "x" * 1000) if text]
    queries: list[str] = []
    meant: list[object] = []
    for text in texts:
        queries.append(view_query(view(text, text, index=text)))
        condition = ["eq", ["field", text], text]
        meant.append([["query", text], ["withIndex", text], ["eq", text, text], ["order", "desc"],
                      ["filter", condition], ["take", 100.0]])  # fmt: skip
        queries.append(documents_query([text]))
        meant.append(["get", text])
        queries.append(documents_query([text, text]))
        meant.append([["get", text], ["get", text]])
        queries.append(f"({literal({'$integer': 'BQAAAAAAAAA='}, 'x')}, {literal({text.lstrip('$'): text}, 'x')})")
        meant.append({text.lstrip("$"): text})
    body = ",\n".join(f"JSON.stringify(await (async (ctx) => ({query}))(standIn()))" for query in queries)
    source = (
        'import { query } from "convex:/_system/repl/wrappers.js";\n'
        f"export default query(async () => {{ {STAND_IN} return [{body}].join('\\n'); }});"
    )
    engine = Engine(demo_dataset(), cache_dir=tmp_path)
    told = (await engine.run(QueryModule(source))).value
    await engine.aclose()
    assert isinstance(told, str)
    assert [json.loads(line) for line in told.split("\n")] == meant


@given(TEXT, TEXT)
@settings(max_examples=100, deadline=None)
def test_ipython_gets_the_flags_and_the_text(name: str, other: str) -> None:
    target, component = snapshot(name), f"a{other}z"
    for cell in (query_cell("1 + 1", target, component), documents_cell(["x"], target, component)):
        called: list[tuple[str, str, str]] = []
        transformed = TransformerManager().transform_cell(cell)  # type: ignore[no-untyped-call]

        class Shell:
            def run_cell_magic(self, magic: str, line: str, body: str) -> None:
                called.append((magic, line, body))  # noqa: B023 - called at once

        exec(transformed, {"get_ipython": Shell})
        ((magic, line, body),) = called
        assert magic == "kitcn"
        assert body.rstrip("\n") == cell.partition("\n")[2]
        options = parse_cell_options(with_expressions(split_line(line), "--arg"))
        assert isinstance(options, CellOptions)
        assert (options.arguments, options.output, options.watch) == ((), None, False)
        if "\n" not in name + other and "\u2028" not in name + other:
            assert (options.flags.snapshot, options.component) == (str(target.path), component)


@given(TEXT)
@settings(max_examples=200, deadline=None)
def test_a_word_of_a_magic_is_never_an_expression(text: str) -> None:
    def evaluate(expression: str) -> None:
        raise AssertionError(f"{expression} was evaluated")

    words = split_line(f"data {cell_word(text)}")
    told = with_variables(words, evaluate)
    assert len(told) == 2
    if "\n" not in text and "\u2028" not in text:
        assert told[1] == text


def test_a_table_that_looks_like_a_flag_is_a_table() -> None:
    outcome = Console()("data", "--demo", "--", "--prod")
    assert outcome.code == 1
    assert "--prod" in outcome.err
    assert "table" in outcome.err.lower()
