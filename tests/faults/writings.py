"""All that kitcn writes to keep, as it writes it, for `tests.support.killing`."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from kitcn_tui.query.buffers import Buffer, Buffers, BufferStore
from kitcn_tui.state.memory import Memory

from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.insights.entries import Finding
from kitcn_repl.explore.insights.history import open_history
from kitcn_repl.explore.insights.kinds import OCC_RETRIED
from kitcn_repl.explore.recall import QueryHistory, SavedQueries
from kitcn_repl.project.credentials import write_token
from kitcn_repl.project.local_state import project_state
from kitcn_repl.project.local_writing import write_local_state
from kitcn_repl.project.selected import write_selection
from kitcn_repl.render.row_file import RowFile
from kitcn_repl.repl.settings import Settings, load_settings, save_settings
from tests.support.killing import Writing

ENV_LOCAL = b"# mine\nA='1'\nCONVEX_DEPLOYMENT=dev:old-otter-1 # team: a, project: b\nSECRET=x\r\n"
NOW = 1_772_452_800_000.0


def _texts(*names: str) -> Callable[[Path], Mapping[str, object]]:
    def state(folder: Path) -> Mapping[str, object]:
        paths = {name: folder / name for name in names}
        return {name: path.read_bytes() if path.exists() else None for name, path in paths.items()}

    return state


def _nothing(folder: Path) -> None:
    pass


def _project(folder: Path) -> None:
    (folder / "convex").mkdir()
    (folder / "package.json").write_text('{"dependencies": {"convex": "*", "next": "*"}}')


def _used_project(folder: Path) -> None:
    _project(folder)
    (folder / ".env.local").write_bytes(ENV_LOCAL)
    (folder / ".gitignore").write_text("node_modules\n")


def _linked_project(folder: Path) -> None:
    _used_project(folder)
    (folder / ".env.local").rename(folder / "shared.env")
    (folder / ".env.local").symlink_to("shared.env")


def _select(folder: Path) -> None:
    write_selection(
        folder, "dev:happy-otter-123", team="acme", project="chess",
        cloud_url="https://happy-otter-123.convex.cloud", site_url="https://happy-otter-123.convex.site",
    )  # fmt: skip


SELECTION = Writing(_used_project, _select, _texts(".env.local", ".gitignore"))
FIRST_SELECTION = Writing(_project, _select, _texts(".env.local", ".gitignore"))
LINKED_SELECTION = Writing(_linked_project, _select, _texts("shared.env", ".gitignore"))


def _local(folder: Path) -> None:
    _project(folder)
    path = folder / ".convex" / "local" / "default" / "config.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"ports":{"cloud":3210,"site":3211},"backendVersion":"x","adminKey":"k","deploymentName":"a"}')


def _name_local(folder: Path) -> None:
    state = project_state(folder)
    assert state is not None
    write_local_state(state, "local-acme-chess", 7)


LOCAL_STATE = Writing(_local, _name_local, _texts(".convex/local/default/config.json", ".convex/.gitignore"))


def _logged_in(folder: Path) -> None:
    (folder / ".convex").mkdir()
    (folder / ".convex" / "config.json").write_text('{"accessToken": "old", "more": [1, "ü"]}')


def _log_in(folder: Path) -> None:
    write_token({"HOME": str(folder)}, "new-token")


LOGIN = Writing(_logged_in, _log_in, _texts(".convex/config.json"))
FIRST_LOGIN = Writing(_nothing, _log_in, _texts(".convex/config.json"))


def _one_query(folder: Path) -> None:
    SavedQueries(folder).save("users", "ctx.db.query('user')")


def _other_query(folder: Path) -> None:
    SavedQueries(folder).save("users", "ctx.db.query('user').take(5) // and more of it")


def _queries(folder: Path) -> Mapping[str, object]:
    return {**{query.name: query.text for query in SavedQueries(folder).all()}, **_texts("queries/users.js")(folder)}


SAVED_QUERY = Writing(_one_query, _other_query, _queries)


def _settings(folder: Path) -> Mapping[str, str]:
    return {"KITCN_STATE_DIR": str(folder), "HOME": str(folder)}


SHELL_SETTINGS = Writing(
    lambda folder: save_settings(Settings(keys="vi"), _settings(folder)),
    lambda folder: save_settings(Settings(keys="vi", pager=False), _settings(folder)),
    lambda folder: load_settings(_settings(folder)).model_dump(),
    forgives=True,
)


def _layout(folder: Path, columns: list[str]) -> None:
    memory = Memory(_settings(folder), folder.parent)
    memory.deployment("dev").set("columns.user", [*columns])
    memory.deployment("dev").set("other", 1)
    memory.save()


def _kept_layout(folder: Path) -> Mapping[str, object]:
    memory = Memory(_settings(folder), folder.parent)
    drawer = memory.deployment("dev")
    return {"columns": drawer.get("columns.user"), "other": drawer.get("other"), "problems": memory.problems}


LAYOUT = Writing(
    lambda folder: _layout(folder, ["name"]),
    lambda folder: _refusing(lambda: _layout(folder, ["a", "b"])),
    _kept_layout,
)


def _buffers(folder: Path, text: str) -> None:
    BufferStore(folder).save(Buffers([Buffer("one", text, key="1"), Buffer("two", "2", key="2")]))


BUFFERS = Writing(
    lambda folder: _buffers(folder, "const a = 1"),
    lambda folder: _refusing(lambda: _buffers(folder, "const a = 2\n" * 50)),
    lambda folder: {buffer.name: buffer.text for buffer in BufferStore(folder).load().all},
)


def _refusing(write: Callable[[], object]) -> None:
    """The application says it on its screen."""
    try:
        write()
    except OSError as error:
        raise KitcnError(str(error.strerror)) from error


def _past(folder: Path) -> None:
    with closing(QueryHistory(folder)) as history:
        for number in range(3):
            history.add(f"{number} + 1", at=NOW)


def _ask(folder: Path) -> None:
    with closing(QueryHistory(folder)) as history:
        history.add("ctx.db.query('user').take(5)" + " " * 200 + ";", at=NOW)


def _asked(folder: Path) -> Mapping[str, object]:
    with closing(QueryHistory(folder)) as history:
        found = {query.text: query for query in history.recent()}
        assert history.problem is None, history.problem
        return {"old": [text for text in found if "+" in text], "new": [text for text in found if "+" not in text]}


HISTORY = Writing(_past, _ask, _asked, forgives=True, is_database=True)
FIRST_HISTORY = Writing(_nothing, _ask, _asked, forgives=True, is_database=True)


def _page(folder: Path, page: int) -> None:
    try:
        with closing(open_history(folder, "dev")) as history:
            found = [
                Finding(OCC_RETRIED, "", f"f{page}", "t", NOW, "r", f"{page}-{number}", document="d",
                        write_source="a:b", retries=1)
                for number in range(3)
            ]  # fmt: skip
            history.record(page, page + 1, found, (NOW, NOW), 3)
    except sqlite3.Error as error:
        raise KitcnError(str(error)) from error


def _pages(folder: Path) -> Mapping[str, object]:
    with closing(open_history(folder, "dev")) as history:
        hours = [sum(hour.count for hour in history.hours(number, 0, 1e15)) for number, _ in history.insights()]
        return {"all": (history.cursor(), hours)}


INSIGHTS = Writing(lambda folder: _page(folder, 0), lambda folder: _page(folder, 1), _pages, is_database=True)
FIRST_INSIGHTS = Writing(_nothing, lambda folder: _page(folder, 0), _pages, is_database=True)


def _export(folder: Path) -> None:
    try:
        file = RowFile(folder / "rows.csv")
    except KitcnError as error:
        assert "already" in error.message or "cannot be written" in error.message
        if "already" in error.message:
            return
        raise
    try:
        file.write([{"a": number, "b": "x" * 20} for number in range(30)])
        file.finish()
    finally:
        file.abandon()


EXPORT = Writing(_nothing, _export, _texts("rows.csv"))


NAIVE = Writing(lambda folder: _text(folder, "old"), lambda folder: _text(folder, "new"), _texts("config"))
"""As it is not done: to show that it would be found out."""


def _text(folder: Path, text: str) -> None:
    (folder / "config").write_text(text)


def _careless(folder: Path) -> None:
    (folder / f"config.{os.getpid()}").write_text("new")
    (folder / f"config.{os.getpid()}").rename(folder / "config")


CARELESS = Writing(lambda folder: _text(folder, "old"), _careless, _texts("config"))
"""Whole or not at all, but what a killed one leaves behind stays for ever."""
