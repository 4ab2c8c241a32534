"""docs/reference is what the code says, and leaves nothing out."""

from __future__ import annotations

import re

import click
import pytest
from kitcn_tui.shell.table import all_actions

from kitcn_repl.cli.main import kitcn
from kitcn_repl.errors import ExitCode
from kitcn_repl.repl.commands.table import COMMANDS
from tools.reference import COMMAND, FOLDER, PAGES
from tools.reference.commands import every_command
from tools.reference.public_names import PUBLIC
from tools.reference.settings import FILES, LIBRARIES, files_named, places, variables_read, variables_told

_NO_SETTINGS = {"result.json", "response.json"}


@pytest.mark.parametrize("name", list(PAGES))
def test_a_page_is_what_the_code_says(name: str) -> None:
    written = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    assert written == PAGES[name](), f"docs/reference/{name}.md is stale: {COMMAND}"


def test_every_page_in_the_folder_is_made() -> None:
    assert {path.stem for path in FOLDER.glob("*.md")} == set(PAGES)


def test_every_command_and_option_is_told() -> None:
    page = PAGES["commands"]()
    sections = dict(re.findall(r"^## (kitcn .+?)\n(.*?)(?=^## )", page, flags=re.DOTALL | re.MULTILINE))
    commands = dict(every_command())
    assert set(sections) == set(commands) - {"kitcn"}
    shared = page.partition("## Which deployment")[2].partition("\n## ")[0]
    for path, command in commands.items():
        if path == "kitcn":
            continue
        text = sections[path] + (shared if "which deployment" in sections[path] else "")
        for parameter in command.params:
            assert isinstance(parameter, click.Option | click.Argument)
            for name in parameter.opts if isinstance(parameter, click.Option) and not parameter.hidden else []:
                assert re.search(rf"`{re.escape(name)}[ `]", text), f"{path} {name}"
    assert len(kitcn.list_commands(click.Context(kitcn))) >= 18


def test_every_exit_code_is_told() -> None:
    page = PAGES["exit-codes"]()
    assert [code for code in ExitCode if f"\n| {int(code)} |" not in page] == []


def test_every_command_of_the_shell_and_every_action_is_told() -> None:
    shell, keys = PAGES["shell"](), PAGES["keys"]()
    assert [name for name in COMMANDS if f"`.{name}" not in shell] == []
    assert [action.name for action in all_actions() if f"`{action.name}`" not in keys] == []


def test_every_environment_variable_that_the_sources_read_is_told() -> None:
    assert variables_read() - variables_told() == set()
    assert {"KITCN_CACHE_DIR", "CONVEX_DEPLOY_KEY", "NO_COLOR", "SSH_CONNECTION"} <= variables_read()


def test_nothing_told_of_the_environment_is_gone() -> None:
    assert {name for name in variables_told() if name not in places()} <= set(LIBRARIES)


def test_every_settings_file_that_the_sources_name_is_told() -> None:
    assert files_named() - set(FILES) - _NO_SETTINGS == set()
    named = set(places())
    assert {name for name in FILES if name.rstrip("/") not in named} == set()


def test_every_public_name_is_told() -> None:
    page = PAGES["python"]()
    assert [name for names in PUBLIC.values() for name in names if f"\n### {name}\n" not in page] == []
