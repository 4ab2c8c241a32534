"""Files that say how a project and its user's programs are set up: configuration, login, local state, layout, keys."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from kitcn_tui.shell.keymap import read_keymap
from kitcn_tui.state.memory import Memory

from kitcn_repl.deployment.address import parse_address
from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.recall.history import QueryHistory
from kitcn_repl.project.configuration import read_configuration
from kitcn_repl.project.credentials import read_token, write_token
from kitcn_repl.project.layout import find_project
from kitcn_repl.project.local_state import all_states, broken_state, project_state, recorded_name, state_of
from kitcn_repl.project.workspaces import workspace_packages, workspace_patterns
from kitcn_repl.repl.settings import load_settings, save_settings
from tests.fuzz import hostile
from tests.fuzz.harness import Family
from tests.fuzz.oracle import SECRET, assert_no_secret, clear_line

_KITCN = {"$schema": "x", "paths": {"lib": "convex/lib", "shared": "convex/shared"}, "meta": {"backend": "convex"}}
_CONVEX = {"functions": "convex/functions", "codegen": {"staticApi": True}, "node": {"nodeVersion": "20"}}
_PACKAGE = {"name": "app", "dependencies": {"convex": "^1.48.0", "kitcn": "1.0.0"}, "workspaces": ["packages/*"]}
_STATE = {
    "ports": {"cloud": 3210, "site": 3211},
    "adminKey": SECRET,
    "deploymentName": "local-acme-chess",
    "cloudProjectId": 5,
    "backendVersion": "1.2.3",
}
_TOKEN = {"accessToken": SECRET, "optOutOfLocalDevDeploymentsUntilBetaOver": True}
_REPL = {"format": "table", "keys": "vi", "pager": False}
_MEMORY = {"format": 1, "drawers": {"": {"theme": "dark", "sidebar": 30}, "deployment d": {"columns.user": ["name"]}}}
_KEYMAP = '[app]\nswitch = "ctrl+e"\n"grid.follow" = "enter,f"\n[app.x]\ny = 1\n'
_LARGE_TOML = (
    "a = " + "[" * 5000 + "]" * 5000,
    "a" + ".b" * 3000 + " = 1",
    "x = " + "1" * 6000,
    'a = """',
    "a = 2026-13-45",
    "\ufeffa = 1",
    "a = nan",
)


@dataclass(frozen=True)
class Setting:
    """A file, and which."""

    which: str
    content: bytes


def make(random: Random) -> Setting:
    which = random.choice(list(_READERS))
    if which == "keymap.toml":
        text = (
            random.choice(_LARGE_TOML)
            if random.random() < 0.1
            else hostile.mutated_text(random, _KEYMAP, (*hostile.TEXTS, "=", '"', "[", "]", "\n", "ctrl+", ","))
        )
        return Setting(which, text.encode("utf-8", "surrogatepass"))
    if which == "history.sqlite3":
        return Setting(
            which, random.choice((b"", b"SQLite format 3\0" + random.randbytes(4080), random.randbytes(300)))
        )
    content = hostile.dumped(random, hostile.mutated_json(random, _SEEDS[which]))
    return Setting(which, content)


def _configuration(folder: Path, content: bytes, name: str) -> bool:
    (folder / "convex").mkdir()
    (folder / "convex" / "schema.ts").touch()
    (folder / name).write_bytes(content)
    found = read_configuration(folder / name)
    assert found is not None
    for problem in found.problems:
        clear_line(problem, folder=folder)
    project = find_project(folder)
    if project is not None:
        for problem in project.problems:
            clear_line(problem, folder=folder)
        assert project.root.is_absolute()
        repr((project.shared_api_path, project.uses_kitcn, project.uses_codegen, project.schema_path))
    workspace_packages(folder, workspace_patterns(folder, found if name == "package.json" else None))
    return not found.problems


def _login(folder: Path, content: bytes) -> bool:
    home = {"HOME": str(folder)}
    (folder / ".convex").mkdir()
    path = folder / ".convex" / "config.json"
    path.write_bytes(content)
    stored = read_token(home)
    if stored.token == SECRET:
        assert_no_secret(repr(stored))
    assert stored.problem is None or ("\n" not in stored.problem and len(stored.problem) < 400 + len(str(folder)))
    if stored.problem is None:
        before = json.loads(content)
        write_token(home, "new")
        assert json.loads(path.read_bytes()) == {**before, "accessToken": "new"} or json.dumps(before) != json.dumps(
            before, allow_nan=True
        )
        assert read_token(home).token == "new"
    return stored.token is not None


def _local(folder: Path, content: bytes) -> bool:
    home = {"HOME": str(folder / "home")}
    inside = folder / ".convex" / "local" / "default"
    outside = folder / "home" / ".convex" / "convex-backend-state" / "local-acme-chess"
    for place in (inside, outside):
        place.mkdir(parents=True)
        (place / "config.json").write_bytes(content)
    found = [project_state(folder), state_of("local-acme-chess", folder, home), *all_states(folder, home)]
    broken_state("local-acme-chess", folder, home)
    recorded_name(inside)
    for state in found:
        if state is not None:
            if content.count(SECRET.encode()) == 1 and state.admin_key == SECRET:
                assert_no_secret(repr(state))
            try:
                parse_address(state.url)
            except KitcnError as error:
                clear_line(error)
    return found[0] is not None


def _memory(folder: Path, content: bytes) -> bool:
    variables = {"KITCN_STATE_DIR": str(folder), "HOME": str(folder)}
    memory = Memory(variables, folder)
    memory.own.set("a", 1)
    memory.save()
    for path in folder.rglob("tui.json"):
        path.write_bytes(content)
    memory = Memory(variables, folder)
    for problem in memory.problems:
        assert "\n" not in problem
    memory.own.set("theme", "light")
    memory.project.set("x", [1])
    memory.deployment("d").get("columns.user")
    memory.save()
    assert Memory(variables, folder).own.get("theme") == "light"
    return not memory.problems


def _shell(folder: Path, content: bytes) -> bool:
    variables = {"KITCN_STATE_DIR": str(folder), "HOME": str(folder)}
    save_settings(load_settings(variables), variables)
    for path in folder.rglob("repl.json"):
        path.write_bytes(content)
    save_settings(load_settings(variables), variables)
    return True


def _keymap(folder: Path, content: bytes) -> bool:
    path = folder / "keymap.toml"
    path.write_bytes(content)
    keymap = read_keymap(path)
    for problem in keymap.problems:
        short = problem.replace(str(folder), "")
        assert "\n" not in short and len(short) < 400 and short.isprintable(), f"no clear line: {short!r}"
    assert all(isinstance(keys, str) for keys in keymap.keys.values())
    return not keymap.problems


def _history(folder: Path, content: bytes) -> bool:
    (folder / "history.sqlite3").write_bytes(content)
    history = QueryHistory(folder)
    history.add("1 + 1")
    assert [past.text for past in history.recent()] == ["1 + 1"]
    history.close()
    return history.problem is None


_SEEDS: dict[str, object] = {
    "kitcn.json": _KITCN,
    "convex.json": _CONVEX,
    "package.json": _PACKAGE,
    "login": _TOKEN,
    "local state": _STATE,
    "tui.json": _MEMORY,
    "repl.json": _REPL,
}
_READERS: dict[str, Callable[[Path, bytes], bool]] = {
    "kitcn.json": lambda folder, content: _configuration(folder, content, "kitcn.json"),
    "convex.json": lambda folder, content: _configuration(folder, content, "convex.json"),
    "package.json": lambda folder, content: _configuration(folder, content, "package.json"),
    "login": _login,
    "local state": _local,
    "tui.json": _memory,
    "repl.json": _shell,
    "keymap.toml": _keymap,
    "history.sqlite3": _history,
}


def check(case: Setting, folder: Path) -> str:
    try:
        return "read" if _READERS[case.which](folder, case.content) else "refused"
    except KitcnError as error:
        clear_line(error, folder=folder)
        return "refused"


FAMILY = Family(
    "settings",
    make,
    check,
    lambda case: b"%s\n%s" % (case.which.encode(), case.content),
    lambda size: (24 << 20) + 200 * size,
)
