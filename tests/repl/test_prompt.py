"""The shell in a real terminal, as somebody uses it."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kitcn_repl.offline.demo import demo_dataset
from tests.cli.workplace import at_work
from tests.repl.prompting import (
    ALT_ENTER,
    CTRL_C,
    CTRL_D,
    CTRL_Q,
    CTRL_R,
    ENTER,
    ESCAPE,
    SIGN,
    TAB,
    UP,
    Prompt,
    shell,
)
from tests.repl.screen import Screen
from tests.support.faults import FaultyServer, hang
from tests.support.served import served

_PLAIN = {"PAGER": "cat"}


@pytest.fixture(scope="module")
def _demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Prompt, Path]]:
    folder = tmp_path_factory.mktemp("shared")
    editor = folder / "editor.sh"
    editor.write_text('#!/bin/sh\nprintf "20 + 22" > "$1"\n', encoding="utf-8")
    editor.chmod(0o755)
    with shell(folder, variables={**_PLAIN, "EDITOR": str(editor)}) as prompt:
        yield prompt, folder


@pytest.fixture
def demo(_demo: tuple[Prompt, Path]) -> Prompt:
    """A shell for whatever does not mind what was run in it before."""
    _demo[0].fresh()
    return _demo[0]


@pytest.fixture
def folder(_demo: tuple[Prompt, Path]) -> Path:
    """Where that shell was started."""
    return _demo[1]


def _type_until(prompt: Prompt, text: str, shown: str) -> None:
    """For a menu that learns more while somebody types."""

    def fits(screen: Screen) -> bool:
        if shown not in screen.text:
            prompt.press(f"\x15{text}")
        return shown in screen.text

    prompt.until(fits)


def test_queries_and_what_they_leave_behind(tmp_path: Path) -> None:
    with shell(tmp_path, variables=_PLAIN) as prompt:
        assert "demo (--demo)" in prompt.text
        shown = prompt.enter('ctx.db.query("user").take(2)')
        assert "js7edzk81fzxpeq2y7gs1qcemh7whedr" in shown
        assert "_1 · 2 documents · read 2 documents" in shown
        assert prompt.enter("_[0].name").startswith('"Ada Abe"')
        assert prompt.enter("_1.length + _1.length").startswith("4")
        assert prompt.enter("const two = _1").startswith("two = 2 documents")
        prompt.enter("const name = (u) => u.name")
        prompt.enter('const sessions = ctx.db.query("session")')
        assert '["Ada Abe", "Bruno Haddad"]' in prompt.enter("two.map(name)")
        assert "1 document" in prompt.enter("sessions.take(1)")
        shown = prompt.enter(".names")
        rows = [line.split() for line in shown.split("\n")]
        assert ["two", "2", "documents"] in rows
        assert ["name", "declared"] in rows
        assert ["sessions", "declared"] in rows
        assert "· null ·" in prompt.enter("null")
        assert prompt.enter("_ === null").startswith("true")
        assert "error in the text" in prompt.enter('throw new Error("error in the text")')
        assert "logged" in prompt.enter('console.log("logged")')
        assert prompt.leave() == 0


def test_errors_are_told_and_the_shell_goes_on(demo: Prompt) -> None:
    shown = demo.enter('ctx.db.query("user").withIndex("emial").take(1)')
    assert "Error: Index user.emial not found." in shown
    assert 'Did you mean "email"?' in shown
    place = next(line for line in shown.split("\n") if "^" in line).index("^")
    assert shown.split("\n")[1][place:].startswith('"emial"')
    assert "Did you mean .tables?" in demo.enter(".tabels")
    assert "A quote is not closed" in demo.enter('.get "')
    assert 'There is no table "usr"; did you mean "user"?' in demo.enter('ctx.db.query("usr").collect()')
    assert "A declared function" not in demo.enter("const f = () => { throw new Error('inside f') }")
    assert "inside f" in demo.enter("f()")
    assert "Traceback" not in demo.text
    assert demo.enter("1 + 1").startswith("2")


def test_lines_are_run_when_they_are_whole(demo: Prompt) -> None:
    demo.type("[1, 2].map((n) => {")
    demo.press(ENTER)
    demo.until(lambda screen: screen.line.startswith("     · "))
    demo.type("return n * 21;")
    assert demo.screen.line == "     ·   return n * 21;"
    demo.press(ENTER)
    demo.until(lambda screen: screen.line.startswith("     · ") and "21" not in screen.line)
    demo.press("})")
    demo.until(lambda screen: screen.line == "     · })")
    demo.press(ENTER)
    demo.until("[21, 42]")
    demo.ready()

    demo.type('ctx.db.query("user")')
    demo.press(ENTER)
    demo.until(lambda screen: screen.line == "     · ")
    demo.type(".first()")
    demo.press(ENTER)
    demo.until("· a document")
    demo.ready()

    demo.type("1")
    demo.press(ALT_ENTER)
    demo.until(lambda screen: screen.line == "     · ")
    demo.type("+ 2")
    demo.press(ENTER)
    demo.until("· a number")
    demo.ready()

    demo.press("((1 +\n41\n))\n")  # what some terminals, and programs that type, send for Enter
    demo.until("\n42\n")
    demo.ready()

    demo.type("if (1")
    for _ in range(3):
        demo.press(ENTER)
    demo.until("Error:")
    demo.ready()


def test_what_is_typed_ahead_waits_for_the_prompt(tmp_path: Path) -> None:
    with shell(tmp_path, variables=_PLAIN) as prompt:
        prompt.type("for (let i = 0; i < 5e8; i++) {}; 'done'")
        prompt.press(ENTER)
        prompt.press(f".tables{ENTER}6 * 7{ENTER}{CTRL_D}")
        assert prompt.end() == 0
        shown = prompt.screen.everything
        assert shown.index('"done"') < shown.index(".tables") < shown.index("verification") < shown.index("6 * 7")
        assert "\n42\n" in shown


def test_a_question_is_answered_in_the_terminal_s_usual_mode(tmp_path: Path) -> None:
    with at_work(tmp_path) as at, shell(at.folder, "--prod", variables={**at.place.variables(), **_PLAIN}) as prompt:
        prompt.until("production, readonly")
        prompt.type(".env set NAME a-value-to-keep-secret")
        prompt.press(ENTER)
        prompt.until("to go on:")
        prompt.press("brave-cat-109\x7f3\n")
        prompt.until("Successfully set NAME")
        prompt.ready()
        assert "to go on:brave-cat-103" in prompt.text.replace("\n", "").replace(": ", ":")  # as it was typed


def test_the_menu_knows_tables_indexes_and_fields(demo: Prompt) -> None:
    _type_until(demo, 'ctx.db.query("ver', "16 documents")
    demo.press(TAB)
    demo.until(lambda screen: screen.line.endswith('query("verification'))
    demo.press('").withIndex("')
    demo.until("by_creation_time")
    demo.press("ident")
    demo.press(TAB)
    demo.until(lambda screen: screen.line.endswith('withIndex("identifier'))
    demo.press(ENTER)  # takes what is chosen, and runs nothing
    demo.press('", (q) => q.eq("')
    demo.until(lambda screen: "identifier" in "".join(screen.text.split("\n")[screen.row + 1 : screen.row + 2]))
    demo.press(CTRL_C)
    demo.ready()
    demo.enter('const someone = await ctx.db.query("user").first()')
    demo.type("someone.em")
    demo.until("emailVerified")
    demo.press(CTRL_C)
    demo.ready()
    demo.type(".sch")
    demo.until("fields and indexes")
    demo.press(TAB + " us")
    demo.until("60 documents")
    demo.press(CTRL_C)
    demo.ready()
    demo.type(".data user --or")
    demo.until("--order")
    demo.press(CTRL_C)
    demo.ready()
    demo.type(".use sn")
    demo.until("an export ZIP file")


def test_ctrl_c_ends_a_query_for_good_and_clears_a_line(demo: Prompt) -> None:
    demo.type("half a line")
    demo.press(CTRL_C)
    demo.ready()
    assert demo.enter("1 + 1").startswith("2")
    while "cancelled" not in demo.text:
        # A query has one second: where that is over before the key comes, once more.
        demo.fresh()
        demo.type("for (;;) {}")
        demo.press(ENTER)
        demo.until(lambda screen: demo.computes() or "timed out" in screen.text)
        demo.press(CTRL_C)
        demo.until(lambda screen: "cancelled" in screen.text or "timed out" in screen.text)
    demo.until(lambda _: not demo.computes())
    demo.ready()
    assert "timed out" not in demo.text
    assert demo.enter("2 + 2").startswith("4")


async def test_ctrl_c_ends_the_wait_for_a_server_that_does_not_answer(tmp_path: Path) -> None:
    async with FaultyServer() as server:
        server.on("/api/run_test_function", hang)
        arguments = ("--url", server.url, "--admin-key", "name|abc")

        def session() -> None:
            with shell(tmp_path, *arguments, variables=_PLAIN) as prompt:
                prompt.type("1 + 1")
                prompt.press(ENTER)
                prompt.until("ctrl-c cancels")
                prompt.press(CTRL_C)
                prompt.until("cancelled")
                prompt.ready()
                assert "ctrl-c cancels" not in prompt.text

        await asyncio.to_thread(session)


def test_history_lasts_and_is_the_project_s(tmp_path: Path) -> None:
    with shell(tmp_path, variables=_PLAIN) as prompt:
        prompt.enter("'first' + 1")
        prompt.enter("'second' + 2")
        prompt.enter(".format json")
        prompt.enter(".env set NAME very-secret-value")
        prompt.enter("'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefgh'")
        assert prompt.leave() == 0
    with shell(tmp_path, variables=_PLAIN) as prompt:
        for _ in range(4):
            prompt.press(UP)
        prompt.until(lambda screen: screen.line == "demo › 'second' + 2")
        prompt.press(CTRL_C)
        prompt.ready()
        prompt.press(CTRL_R)
        prompt.press("first")
        prompt.until(lambda screen: "'first' + 1" in screen.text.split("demo (--demo)")[-1])
        prompt.press(ENTER)
        prompt.press(ENTER)
        prompt.until('"first1"')  # in the format that was kept
        prompt.ready()
        shown = prompt.enter(".history second")
        assert "'second' + 2" in shown
        assert "first" not in shown
        assert "***" in prompt.enter(".history env")
        assert prompt.leave() == 0
    other = tmp_path / "other"
    other.mkdir()
    (other / ".env.local").write_text("CONVEX_DEPLOYMENT=dev:happy-otter-1\n", encoding="utf-8")
    with shell(other, variables={**_PLAIN, "KITCN_STATE_DIR": str(tmp_path / ".state")}) as prompt:
        assert "Nothing" in prompt.enter(".history first")
    kept = b"".join(path.read_bytes() for path in (tmp_path / ".state").rglob("*") if path.is_file())
    assert b"very-secret-value" not in kept
    assert b"eyJhbGciOiJIUzI1NiJ9" not in kept


def test_another_deployment_is_used(tmp_path: Path) -> None:
    with (
        served(demo_dataset(), admin_key="other-place|0123456789abcdef") as one,
        shell(tmp_path, variables=_PLAIN) as prompt,
    ):
        prompt.enter("const mine = 5")
        prompt.press(f".use {one.url} --admin-key {one.admin_key}{ENTER}")
        prompt.until(lambda screen: "other-place" in screen.line and screen.line.endswith(SIGN))
        assert prompt.enter('(await ctx.db.query("user").collect()).length + mine').startswith("65")
        assert "verification" in prompt.enter(".tables")
        assert "Error:" in prompt.enter(".use prod")
        assert "other-place" in prompt.screen.line  # stays where it was
        prompt.press(f".use demo{ENTER}")
        prompt.until(lambda screen: screen.line == "demo › ")
        assert one.admin_key not in prompt.enter(".history use")


def test_production_is_unmistakable(tmp_path: Path) -> None:
    with at_work(tmp_path) as at:
        variables = {**at.place.variables(), **_PLAIN}
        with shell(at.folder, "--prod", variables=variables) as prompt:
            prompt.until(lambda screen: "PROD · brave-cat-103" in screen.line and screen.line.endswith(SIGN))
            colours = prompt.screen.colours_of("PROD").split(";")
            assert "41" in colours  # a red ground
            prompt.until("production, readonly")
            _type_until(prompt, ".use o", "odd-elk-106")
            prompt.press(f"\x15.use dev{ENTER}")
            prompt.until(lambda screen: screen.line == "dev · happy-otter-101 › ")
            assert "41" not in prompt.screen.colours_of("happy-otter-101 ").split(";")
            assert prompt.leave() == 0


def test_a_deployment_that_is_away_is_told_and_another_can_be_used(tmp_path: Path) -> None:
    with shell(tmp_path, "--url", "http://127.0.0.1:9", "--admin-key", "name|abc", variables=_PLAIN) as prompt:
        shown = prompt.enter("1 + 1")
        assert "Error:" in shown
        assert "127.0.0.1:9" in shown
        prompt.press(f".use demo{ENTER}")
        prompt.until(lambda screen: screen.line == "demo › ")
        assert prompt.enter("1 + 1").startswith("2")


def test_the_pager_comes_when_it_is_needed(tmp_path: Path) -> None:
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\necho PAGED; sed -n 1,3p; echo MORE\n", encoding="utf-8")
    pager.chmod(0o755)
    with shell(tmp_path, variables={"PAGER": str(pager)}) as prompt:
        assert "PAGED" not in prompt.enter('ctx.db.query("user").take(3)')
        assert "PAGED" not in prompt.enter(".tables")
        assert "PAGED" in prompt.enter('ctx.db.query("user").collect()')
        assert "PAGED" in prompt.enter(".data session --limit 60")
        assert "PAGED" in prompt.enter(".logs --once --history 100")
        assert "PAGED" not in prompt.enter(".logs --history 100")
        prompt.enter(".pager off")
        assert "PAGED" not in prompt.enter("_")
        assert prompt.leave() == 0


def test_a_pager_that_fails_hides_nothing(tmp_path: Path) -> None:
    with shell(tmp_path, variables={"PAGER": "false"}) as prompt:
        assert prompt.enter('Array.from({ length: 500 }, (_, i) => "line" + i)').count("line") == 500
        assert prompt.leave() == 0


def test_copies_and_exports(demo: Prompt, folder: Path) -> None:
    demo.enter('ctx.db.query("user").take(2)')
    demo.enter(".copy")
    copied = json.loads(base64.b64decode(demo.screen.clipboard[-1]))
    assert [user["name"] for user in copied] == ["Ada Abe", "Bruno Haddad"]
    for ending in ("csv", "json", "jsonl", "md"):
        assert "2 documents) written to" in demo.enter(f".export users.{ending}")
    assert "is there already" in demo.enter(".export users.csv")
    assert "written" in demo.enter(".export users.csv --force")
    assert "say the format" in demo.enter(".export users.xls")
    assert "There is no result _999" in demo.enter(".export users.json _999")
    assert json.loads((folder / "users.json").read_text(encoding="utf-8")) == copied
    lines = (folder / "users.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == copied
    assert (folder / "users.csv").read_bytes().startswith(b"_id,_creationTime,email")


def test_saved_queries_files_and_the_editor(demo: Prompt, folder: Path) -> None:
    (folder / "script.js").write_text("1 + 1\n\n'from a file'\n\nnope(\n", encoding="utf-8")
    demo.enter("6 * 7")
    assert "saved as the answer" in demo.enter(".save the answer")
    assert "the answer  6 * 7" in demo.enter(".saved")
    assert demo.enter(".run the answer").startswith("42")
    shown = demo.enter(".run script.js")
    assert '"from a file"' in shown
    assert "script.js:5: " in shown
    assert "42" in demo.enter(".edit")
    assert "There is no saved query 'x'" in demo.enter(".run x")


@pytest.mark.parametrize("start", ["", " user"])
def test_the_application_takes_over_and_gives_back(demo: Prompt, start: str) -> None:
    demo.press(f".open{start}{ENTER}")
    demo.until("emailVerifie" if start else "find a table")
    demo.press(CTRL_Q)
    demo.ready()
    assert demo.enter("1 + 1").startswith("2")


def test_vi_keys_and_settings_stay(tmp_path: Path) -> None:
    with shell(tmp_path, variables=_PLAIN) as prompt:
        prompt.enter(".keys vi")
        prompt.until("INSERT")
        prompt.type("abc")
        prompt.press(ESCAPE)
        prompt.until("NORMAL")
        prompt.press("ddi1 + 2")
        prompt.until(lambda screen: screen.line == "demo › 1 + 2")
        prompt.press(ENTER)
        prompt.until("_1 · a number")
        prompt.ready()
        assert "takes one of" in prompt.enter(".keys wordstar")
    with shell(tmp_path, variables=_PLAIN) as prompt:
        prompt.until("INSERT")


def test_hostile_text_does_nothing_to_the_terminal(demo: Prompt) -> None:
    shown = demo.enter(r"['\x1b[2J\x1b]52;c;aGk=\x07', '\u202Egnp.exe', '\x9b31m']")
    assert r"\u001b[2J" in shown
    assert r"\u202e" in shown.lower()
    shown = demo.enter(r"throw new Error('\x1b[2Jgone')")
    assert r"\u001b[2Jgone" in shown
    assert demo.screen.clipboard == []


def test_no_colour_and_a_small_terminal(tmp_path: Path) -> None:
    with shell(tmp_path, variables={**_PLAIN, "NO_COLOR": "1"}, size=(60, 16)) as prompt:
        assert prompt.screen.colours_of("demo ›").split(";")[-1] not in {"31", "32", "36"}
        assert "Ada Abe" in prompt.enter('ctx.db.query("user").first()')
        prompt.type('ctx.db.query("')
        prompt.press(TAB)
        prompt.until(lambda screen: "account " in screen.text and "7" in screen.colours_of("account ").split(";"))
        prompt.press("\x15")
        prompt.type('ctx.db.query("u')
        prompt.until("60 documents")
