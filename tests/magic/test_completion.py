"""Completion as an editor asks a real kernel for it."""

from __future__ import annotations

import time

from kitcn_repl.magic.line_completion import without_quotes
from tests.magic.kernels import Kernel


def endings(found: list[str], before: str) -> list[str]:
    assert all(text.startswith(before) for text in found), found
    return [text.removeprefix(before) for text in found]


def test_names_of_the_schema_inside_cells(kernel: Kernel) -> None:
    kernel.run("%%kitcn\n1")  # by the end of a cell the tables are known
    cell = "%%kitcn -o x\n"
    for typed, offered in (
        ('ctx.db.query("us', "user"),
        ('const a = 1;\nreturn ctx.db.query("session").withIndex("us', "userId"),
        ('ctx.db.query("session").withIndex("userId", q => q.eq("', "userId"),
        ('ctx.db.query("user").filter(q => q.eq(q.field("em', "email"),
        ('ctx.db.query("user").', "withIndex"),
        ("ctx.d", "db"),
        ('/* ü👋 */ ctx.db.query("us', "user"),
    ):
        found = kernel.complete(f"{cell}{typed}|")
        assert any(offered in text for text in found), (typed, found)
        assert all(text.startswith(cell) for text in found)
    assert kernel.complete('%%kitcn\nctx.db.query("us|").take(1)') == ['%%kitcn\nctx.db.query("user']


def test_variables_that_are_passed(kernel: Kernel) -> None:
    kernel.run('%%kitcn -o people\nctx.db.query("user").take(1)')
    assert "%%kitcn --arg people\nreturn people" in kernel.complete("%%kitcn --arg people\nreturn peo|")
    assert "%%kitcn --arg people\npeople[0].email" in kernel.complete("%%kitcn --arg people\npeople[0].ema|")


def test_a_deployment_is_opened_meanwhile(kernel: Kernel) -> None:
    """Completion never waits for one; soon its names are there."""
    cell = '%%kitcn --deployment demo\nctx.db.query("use|'
    end = time.monotonic() + 60
    while not any("user" in text for text in kernel.complete(cell)):
        assert time.monotonic() < end
    assert kernel.complete("%%kitcn --deployment missing:x:y:z\nctx.d|") == [
        "%%kitcn --deployment missing:x:y:z\nctx.db"
    ]


def test_flags_of_cells(kernel: Kernel) -> None:
    assert kernel.complete("%%kitcn --fr|\nctx") == ["%%kitcn --frame"]
    assert endings(kernel.complete("%%kitcn --frame |\nctx"), "%%kitcn --frame ") == ["pandas", "polars", "arrow"]
    assert "%%kitcn --demo --arg" in kernel.complete("%%kitcn --demo --a|\nctx")


def test_commands_flags_deployments_and_tables(kernel: Kernel) -> None:
    kernel.run("%%kitcn\n1")
    assert kernel.complete("%kitcn da|") == ["%kitcn data"]
    assert kernel.complete("users = %kitcn da|") == ["users = %kitcn data"]
    assert kernel.complete("import os\n%kitcn dat|") == ["import os\n%kitcn data"]
    assert "%kitcn use" in kernel.complete("%kitcn |")
    assert kernel.complete("%kitcn env def|") == ["%kitcn env default"]
    assert kernel.complete("%kitcn data us|") == ["%kitcn data user"]
    assert kernel.complete("%kitcn data user --ord|") == ["%kitcn data user --order"]
    assert endings(kernel.complete("%kitcn data user --order |"), "%kitcn data user --order ") == ["asc", "desc"]
    assert endings(kernel.complete("%kitcn use d|"), "%kitcn use ") == ["dev", "demo"]
    assert "%kitcn data user --format jsonl" in kernel.complete("%kitcn data user --format j|")


def test_python_stays_pythons(kernel: Kernel) -> None:
    kernel.run("kitcn_variable = 1\n%config Completer.use_jedi = False")  # it takes seconds to start
    assert any("kitcn_variable" in text for text in kernel.complete("kitcn_var|"))
    assert any("kitcn_variable" in text for text in kernel.complete("%kitcn data user\nkitcn_var|"))
    assert "%kitcn" in " ".join(kernel.complete("%kit|"))


def test_answers_soon(kernel: Kernel) -> None:
    """Against the time of the kernel's own answer to nothing, both on the same loaded machine."""
    kernel.complete('%%kitcn\nctx.db.query("us|')

    def best(marked: str) -> float:
        times = []
        for _ in range(5):
            begin = time.perf_counter()
            kernel.complete(marked)
            times.append(time.perf_counter() - begin)
        return min(times)

    assert best('%%kitcn\nctx.db.query("session").withIndex("|') < best("%kitcn use d|") + 0.05


def test_names_that_need_quotes_are_not_completed() -> None:
    names = ["user", "{__import__('os')}", "two words", "it's", "a\nb", "$x", "_storage", "a-b.c/d:e"]
    assert without_quotes(names) == ["user", "_storage", "a-b.c/d:e"]
