"""The shell through a pipe, from a file, and from -c."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kitcn_repl.repl.script import Chunk, chunks
from tests.cli.console import Console, Outcome

_ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("\n\n", []),
        ("1", [Chunk("1", 1)]),
        ("1\n2\n", [Chunk("1", 1), Chunk("2", 2)]),
        ("1; 2", [Chunk("1;", 1), Chunk("   2", 1)]),
        ("\n\n1\n\n\n2", [Chunk("1", 3), Chunk("2", 6)]),
        ("a(\n\n1)\n\nb", [Chunk("a(\n\n1)", 1), Chunk("b", 5)]),
        ("q\n  .take(1)\n", [Chunk("q\n  .take(1)", 1)]),
        ("q\n\n  .take(1)\n", [Chunk("q\n\n  .take(1)", 1)]),
        ("const a = 1\na + 1\n", [Chunk("const a = 1\na + 1", 1)]),
        ("const a = 1\n\na + 1\n", [Chunk("const a = 1\n", 1), Chunk("a + 1", 3)]),
        ("1\n.tables\n2", [Chunk("1", 1), Chunk(".tables", 2), Chunk("2", 3)]),
        ("1\n  .format json  \n", [Chunk("1", 1), Chunk(".format json", 2)]),
        ("q(`\n.tables\n`)", [Chunk("q(`\n.tables\n`)", 1)]),
        ("q\n.data\n", [Chunk("q", 1), Chunk(".data", 2)]),
        ("q\n.database.x\n", [Chunk("q\n.database.x", 1)]),
        ("// only a comment\n\n1", [Chunk("// only a comment\n", 1), Chunk("1", 3)]),
        ("nope(\n1", [Chunk("nope(\n1", 1)]),
    ],
)
def test_chunks(text: str, expected: list[Chunk]) -> None:
    assert [Chunk(chunk.text.rstrip("\n"), chunk.line) for chunk in chunks(text)] == [
        Chunk(chunk.text.rstrip("\n"), chunk.line) for chunk in expected
    ]


def run(script: str, *argv: str, cwd: Path | None = None) -> Outcome:
    return Console(cwd=cwd or Path(), stdin=script)("repl", "--demo", *argv)


def test_results_are_data_on_stdout() -> None:
    outcome = run('const users = await ctx.db.query("user").take(2)\nusers.map((u) => u.name)\n\n_.length\n\n_1\n')
    assert outcome.code == 0
    assert outcome.out == '[\n  "Ada Abe",\n  "Bruno Haddad"\n]\n2\n[\n  "Ada Abe",\n  "Bruno Haddad"\n]\n'
    assert outcome.lines == ["demo (--demo)"]


def test_the_first_error_ends_it_and_names_its_line() -> None:
    outcome = run('1\n\nctx.db.query("user")\n  .withIndex("nope")\n  .take(1)\n\n3\n')
    assert outcome.code == 1
    assert outcome.out == "1\n"
    assert "Error: stdin:4: Index user.nope not found." in outcome.err
    assert '4 |   .withIndex("nope")' in outcome.err


@pytest.mark.parametrize(
    ("script", "line", "said"),
    [
        ("1\n2\nnobody.here\n", 3, "nobody is not defined"),
        ("1\n\n.tabels\n", 3, "There is no command .tabels"),
        ("1\n\n\nconst a = ;\n", 4, ""),
        ("const f = () => nobody.here\n\n1\n\nf()\n", 5, "nobody is not defined"),
        (".data nothing-like-that\n", 1, "There is no table"),
    ],
)
def test_lines_of_errors(script: str, line: int, said: str) -> None:
    outcome = run(script)
    assert outcome.code == 1
    assert f"stdin:{line}: " in outcome.err
    assert said in outcome.err


def test_variables_and_functions_last() -> None:
    outcome = run(
        "const double = (n) => n * 2\n\nfunction triple(n) { return n * 3 }\n\nconst base = 7\n\n"
        "double(base) + triple(base)\n\nlet base2 = base\n\nbase2\n"
    )
    assert (outcome.code, outcome.out) == (0, "35\n7\n")


def test_commands_print_their_data_too(tmp_path: Path) -> None:
    outcome = run(".tables\n.format jsonl\nctx.db.query('user').take(2)\n.export out.csv\n", cwd=tmp_path)
    assert outcome.code == 0
    lines = outcome.out.splitlines()
    assert lines[:7] == ["account", "jwks", "project", "session", "typeZoo", "user", "verification"]
    assert [json.loads(line)["name"] for line in lines[7:]] == ["Ada Abe", "Bruno Haddad"]
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").count("\n") == 3


def test_a_command_that_fails_ends_it() -> None:
    outcome = run(".call users:nothing\n\n1\n")
    assert outcome.code != 0
    assert outcome.out == ""


@pytest.mark.parametrize("script", ["\ufeff1 + 1\r\n\r\n2 + 2\r\n", "1 + 1\n\n\n2 + 2", "1 + 1\n2 + 2\n\n"])
def test_marks_and_line_ends_of_other_editors(script: str) -> None:
    outcome = run(script)
    assert (outcome.code, outcome.out) == (0, "2\n4\n")


def test_quit_ends_it() -> None:
    assert run("1\n.quit\n2\n").out == "1\n"


def test_files_and_c(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("1 +\n  1\n", encoding="utf-8")
    console = Console(cwd=tmp_path)
    assert console("repl", "--demo", "a.js").out == "2\n"
    assert console("repl", "--demo", "-c", "6 * 7", "-c", "_ + 1").out == "42\n43\n"
    assert console("repl", "--demo", "-c", "nobody").code == 1
    outcome = console("repl", "--demo", "missing.js")
    assert (outcome.code, outcome.out) == (1, "")
    assert "missing.js cannot be read" in outcome.err
    assert console("repl", "--demo", "a.js", "-c", "1").code == 2
    assert console("repl", "--demo", "--format", "xml", "a.js").code == 2
    assert console("repl", "--demo", "--quiet", "a.js").err == ""


def test_without_a_deployment() -> None:
    outcome = Console(cwd=Path("/"), stdin="1\n")("repl")
    assert (outcome.code, outcome.out) == (3, "")


def test_nothing_is_remembered_of_a_script(tmp_path: Path) -> None:
    Console(cwd=tmp_path, stdin="1 + 1\n", variables={"KITCN_STATE_DIR": str(tmp_path / "state")})("repl", "--demo")
    assert not (tmp_path / "state").exists()


def test_a_real_pipe() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kitcn_repl", "repl", "--demo"],
        input='({ text: "\\u001b[2J", n: 5n })\n\nnope()\n',
        capture_output=True, text=True, cwd=_ROOT,
    )  # fmt: skip
    assert done.returncode == 1
    assert '"$integer"' in done.stdout or "5" in done.stdout
    assert "stdin:3: " in done.stderr
    assert "Traceback" not in done.stderr
