"""The shell in a real terminal under every fault: it says so in a line, and the next query works."""

from __future__ import annotations

from pathlib import Path

from tests.faults.table import BRIEF, ENDLESS, KEY, check_safe
from tests.repl.prompting import CTRL_C, ENTER, shell
from tests.support.faults import FaultyServer, in_thread, succeed

PLAIN = {"PAGER": "cat"}
QUICK = [name for name in BRIEF if name not in ("closed", "reset", "a proxy's page", "429 until a moment ago", "503")]
"""Without those that are asked again for a second and more; "429 for a moment" stands for them."""


def test_one_session_bears_all_of_them(tmp_path: Path) -> None:
    with in_thread(FaultyServer()) as server:
        arguments = ("--url", server.url, "--admin-key", KEY)
        with shell(tmp_path, *arguments, variables=PLAIN, size=(150, 40)) as prompt:
            for number, fault in enumerate(QUICK):
                server.on("*", BRIEF[fault])
                shown = prompt.enter(f"{number} + 1")
                assert shown.startswith("Error: "), (fault, shown)
                check_safe(shown)
                server.on("*", succeed(number))
                assert prompt.enter(f"{number} + 2").startswith(f"{number}\n"), fault
                prompt.fresh()
            for fault, behaviour in ENDLESS.items():
                server.on("*", behaviour)
                prompt.type("'again'")
                prompt.press(ENTER)
                prompt.until("ctrl-c cancels")
                prompt.press(CTRL_C)
                prompt.until("cancelled")
                prompt.ready()
                server.on("*", succeed(7))
                assert prompt.enter("3 + 4").startswith("7\n"), fault
                prompt.fresh()
            assert prompt.leave() == 0
    kept = b"".join(path.read_bytes() for path in (tmp_path / ".state").rglob("*") if path.is_file())
    assert b"planted" not in kept


def test_what_was_asked_survives_kill_9(tmp_path: Path) -> None:
    with shell(tmp_path, variables=PLAIN) as prompt:
        assert prompt.enter("'first' + 1").startswith('"first1"')
        prompt.enter(".format json")
        assert prompt.enter("'second' + 2").startswith('"second2"')
        prompt.child.kill(9)
    with shell(tmp_path, variables=PLAIN) as prompt:
        shown = prompt.enter(".history")
        assert "'first' + 1" in shown
        assert "'second' + 2" in shown
        assert prompt.leave() == 0
