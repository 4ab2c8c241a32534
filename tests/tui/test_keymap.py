from __future__ import annotations

from pathlib import Path

import pytest
from kitcn_tui.shell.keymap import read_keymap

from tests.tui.support import running


def keymap(folder: Path, text: str) -> Path:
    path = folder / ".config" / "keymap.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def test_keys_by_action(tmp_path: Path) -> None:
    read = read_keymap(
        keymap(tmp_path, '"app.switch" = "ctrl+e, f6"\n[app]\nforward = ""\nhelp = "?"\njump="left_square_bracket"\n')
    )
    assert dict(read.keys) == {
        "app.switch": "ctrl+e,f6",
        "app.forward": "",
        "app.help": "?",
        "app.jump": "left_square_bracket",
    }
    assert read.problems == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('"app.swich" = "f6"', "keymap.toml: there is no action 'app.swich'; did you mean 'app.switch'?"),
        ('"app.switch" = 6', "keymap.toml: app.switch must be a text such as 'ctrl+e', not 6."),
        (
            '"app.switch" = "ctrl+nothing"',
            "keymap.toml: app.switch has 'ctrl+nothing', which is no key such as f6, x or ctrl+e.",
        ),
        (
            '"app.switch" = "cmd+e"',
            "keymap.toml: app.switch has 'cmd+e', which is no key such as f6, x or ctrl+e.",
        ),
    ],
    ids=["no such action", "no text", "no key", "no modifier"],
)
def test_a_wrong_entry_is_one_line_and_the_others_count(tmp_path: Path, text: str, told: str) -> None:
    read = read_keymap(keymap(tmp_path, f'{text}\n"app.jump" = "f7"\n'))
    assert read.problems == (told,)
    assert dict(read.keys) == {"app.jump": "f7"}


def test_what_is_no_toml_is_one_line(tmp_path: Path) -> None:
    read = read_keymap(keymap(tmp_path, "app.switch = \n"))
    assert len(read.problems) == 1
    assert "is not TOML and was not used" in read.problems[0]
    assert not read.keys


async def test_the_application_uses_it(tmp_path: Path) -> None:
    keymap(tmp_path, '"app.sidebar" = "f8"\n"app.wrong" = "x"\n')
    async with running(tmp_path) as (app, pilot):
        await pilot.pause()
        sidebar = app.main.query_one("Sidebar")
        assert sidebar.display
        await pilot.press("f8")
        assert not sidebar.display
        await pilot.press("ctrl+b")
        assert not sidebar.display, "the key that it had before is free"
        assert any("app.wrong" in notification.message for notification in app._notifications)


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 5000 + "]" * 5000, "a" + ".b" * 3000 + " = 1", "x = " + "1" * 6000, "a = 2026-13-45"]
)
def test_a_file_that_no_reader_bears_is_told_in_a_line(tmp_path: Path, text: str) -> None:
    (problem,) = read_keymap(keymap(tmp_path, text)).problems
    assert "is not TOML and was not used" in problem
    assert "\n" not in problem and len(problem) < 200 + len(str(tmp_path))


def test_a_hostile_name_is_shown_and_cut(tmp_path: Path) -> None:
    (problem,) = read_keymap(keymap(tmp_path, '"\\u001b' + "x" * 3000 + '" = "f6"')).problems
    assert problem.isprintable() and len(problem) < 200
