"""Parts of the shell that need no terminal."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from contextlib import closing
from importlib import import_module
from pathlib import Path

import pytest

from kitcn_repl.cli.environment import Environment
from kitcn_repl.cli.main import COMMANDS as OF_THE_COMMAND_LINE
from kitcn_repl.explore.completion import Words
from kitcn_repl.repl.background import Background
from kitcn_repl.repl.commands.table import COMMANDS, GROUPS, find
from kitcn_repl.repl.keys import may_run
from kitcn_repl.repl.opened import Opened
from kitcn_repl.repl.output import is_long, pager
from kitcn_repl.repl.scope import Declared, Scope
from kitcn_repl.repl.settings import Settings, load_settings, save_settings
from kitcn_repl.repl.words import is_command, split_words
from kitcn_repl.targets.target import TargetFlags
from kitcn_repl.values import JsonValue

_ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("", True),
        (".schema user", True),
        (".5", True),
        ("1 + 1", True),
        ("1 +", False),
        ("1 +\n", False),
        ("1 +\n\n", True),
        ('ctx.db.query("user").take(1)', True),
        ('ctx.db.query("user")', False),
        ('await ctx.db.query("user").order("desc")', False),
        ('return ctx.db.query("user")', False),
        ('ctx.db.query("user")\n', True),
        ('const q = ctx.db.query("user")', True),
        ("{", False),
    ],
)
def test_enter_runs_what_is_whole(text: str, runs: bool) -> None:
    assert may_run(text, len(text), Words()) is runs


def test_what_a_query_needs_of_the_ones_before() -> None:
    scope = Scope()
    assert scope.last is None
    scope.add([1])
    scope.add({"a": 1})
    scope.declare({"user": 5})
    scope.declare_text(Declared(frozenset(("f",)), "const f = () => user"))
    scope.declare_text(Declared(frozenset(("g",)), "const g = () => f()"))
    assert scope.needed("1 + 1") == ({}, [])
    assert scope.needed("_.a + _1.length") == ({"_": {"a": 1}, "_1": [1]}, [])
    assert scope.needed("x._1") == ({}, [])
    assert scope.needed("'_1' // _2") == ({}, [])
    assert scope.needed("g()") == ({"user": 5}, ["const f = () => user", "const g = () => f()"])
    assert scope.needed("const user = 1; user") == ({}, [])
    assert scope.needed("const { user, b: f } = x; user + f") == ({}, [])
    scope.declare({"f": 1})
    assert scope.needed("f") == ({"f": 1}, [])


def test_results_are_bounded() -> None:
    scope = Scope()
    for number in range(80):
        scope.add(number)
    assert "_1" not in scope.values
    assert scope.values["_80"] == scope.values["_"] == 79
    assert len(scope.values) == 51


@pytest.mark.parametrize("text", [".tables", " .schema user", ".?", "."])
def test_commands(text: str) -> None:
    assert is_command(text)


@pytest.mark.parametrize("text", [".5", "...x", "a.b", "", "1", "'.tables'"])
def test_no_commands(text: str) -> None:
    assert not is_command(text)


def test_words_of_a_command() -> None:
    assert split_words("""user --where 'a = "b c"' x\\ y #z""") == ["user", "--where", 'a = "b c"', "x y", "#z"]


def test_each_command_leads_somewhere() -> None:
    names = [name for _, commands in GROUPS for command in commands for name in (command.name, *command.aliases)]
    assert len(names) == len(set(names))
    for command in COMMANDS.values():
        assert bool(command.argv) != bool(command.place), command.name
        if command.argv:
            assert command.argv[0] in OF_THE_COMMAND_LINE
        else:
            module, _, function = command.place.partition(":")
            assert callable(getattr(import_module(module), function))
        # The help has room for it on a terminal of 80 columns.
        assert 0 < len(command.summary) <= 47, command.name
    assert find("q") is COMMANDS["quit"]


def test_the_pager_is_for_what_is_longer_than_the_screen() -> None:
    assert not is_long("line\n" * 22, 80, 24)
    assert is_long("line\n" * 23, 80, 24)
    assert is_long("x" * 80 * 23, 80, 24)
    assert not is_long("x" * 80 * 22, 80, 24)
    assert not is_long("\x1b[31m" * 2000 + "x\n", 80, 24)


def test_which_pager(tmp_path: Path) -> None:
    program = tmp_path / "most"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    path = {"PATH": str(tmp_path)}
    assert pager({**path, "PAGER": "most -x"}) == ["most", "-x"]
    assert pager({**path, "PAGER": "less", "KITCN_PAGER": "most"}) == ["most"]
    assert pager({**path, "PAGER": ""}) is None
    assert pager({**path, "PAGER": "cat"}) is None
    assert pager(path) is None


def test_nothing_is_learnt_before_the_prompt_is_there(tmp_path: Path) -> None:
    environment = Environment(io.StringIO(), io.StringIO(), io.StringIO(), tmp_path, time.monotonic)
    with closing(Background()) as background:
        opened = Opened(background, environment)
        opened.learns_at_once = False
        opened.open(TargetFlags(deployment="demo"))
        assert opened.workspace().target.kind == "demo"
        assert opened.is_learning
        assert opened.await_knowledge(0.1) is None
        opened.learn()
        opened.learn()
        knowledge = opened.await_knowledge(20)
        assert knowledge is not None
        assert "user" in knowledge.schema.tables
        assert not opened.is_learning
        opened.close()


def test_settings_are_kept_and_broken_ones_are_not_trusted(tmp_path: Path) -> None:
    variables = {"KITCN_STATE_DIR": str(tmp_path)}
    assert load_settings(variables) == Settings()
    save_settings(Settings(format="json", keys="vi", pager=False), variables)
    assert load_settings(variables) == Settings(format="json", keys="vi", pager=False)
    (tmp_path / "repl.json").write_text('{"keys": "wordstar"}', encoding="utf-8")
    assert load_settings(variables) == Settings()
    (tmp_path / "repl.json").write_bytes(b"\xff")
    assert load_settings(variables) == Settings()


def test_the_command_line_does_not_pay_for_the_shell() -> None:
    program = (
        "import sys; from kitcn_repl.cli.main import main; from kitcn_repl.cli.environment import real_environment\n"
        "main(['run', '--demo', '--inline-query', '1'], real_environment()); main(['--help'], real_environment())\n"
        "main(['repl', '--help'], real_environment())\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('prompt_toolkit', 'pygments', 'textual')"
        " or name.startswith(('kitcn_repl.repl', 'kitcn_repl.explore.completion', 'kitcn_repl.explore.recall'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=_ROOT)
    assert done.stdout.splitlines()[-1] == "[]"


def test_scripts_do_without_a_toolkit() -> None:
    program = (
        "import sys; from kitcn_repl.cli.main import main; from kitcn_repl.cli.environment import real_environment\n"
        "main(['repl', '--demo', '-c', '1'], real_environment())\n"
        "print([name for name in sys.modules if name in ('prompt_toolkit', 'pygments', 'textual', 'rich')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=_ROOT)
    assert done.stdout.splitlines() == ["1", "[]"]


def test_results_reach_queries_as_values_whatever_they_hold() -> None:
    from kitcn_repl.explore.inline import compile_query

    scope = Scope()
    hostile: JsonValue = {'"); throw 1; ("': "`${process.exit()}`", "a": ["</script>", "\u2028*/", "'+alert(1)+'"]}
    scope.add(hostile)
    constants, declared = scope.needed("_1")
    source = compile_query("_1", args=constants).module.source
    assert declared == []
    assert "\\u2028" in source
    assert "\u2028" not in source
