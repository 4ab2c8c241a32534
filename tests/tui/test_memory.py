from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from kitcn_tui.state.memory import Memory

from kitcn_repl.project.state_folder import project_state_folder


def memory(folder: Path, project: str = "one") -> Memory:
    cwd = folder / project
    cwd.mkdir(exist_ok=True)
    return Memory({"KITCN_STATE_DIR": str(folder / "state")}, cwd)


def files(folder: Path) -> list[Path]:
    return sorted((folder / "state").rglob("*.json"))


def test_it_is_there_in_the_next_run_and_in_no_other_project(tmp_path: Path) -> None:
    first = memory(tmp_path)
    first.own.set("theme", "kitcn-light")
    first.project.set("sidebar.width", 33)
    first.deployment("happy-otter-1").set("columns.user", ["name"])
    first.save()

    again = memory(tmp_path)
    assert again.own.get("theme") == "kitcn-light"
    assert again.project.get("sidebar.width") == 33
    assert again.deployment("happy-otter-1").get("columns.user") == ["name"]
    assert again.deployment("quick-fox-2").get("columns.user") is None
    assert again.deployment("happy-otter-1", "mailer").get("columns.user") is None
    assert again.problems == []

    elsewhere = memory(tmp_path, "two")
    assert elsewhere.own.get("theme") == "kitcn-light"
    assert elsewhere.project.get("sidebar.width") is None


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    one = memory(tmp_path)
    one.own.set("theme", "nord")
    one.project.set("sidebar.width", 20)
    one.save()
    assert len(files(tmp_path)) == 2
    for path in files(tmp_path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {path for path in (tmp_path / "state").rglob("*") if path.is_file()} == set(files(tmp_path))


def test_nothing_changed_writes_nothing(tmp_path: Path) -> None:
    one = memory(tmp_path)
    one.project.set("gone", None)
    one.save()
    assert not (tmp_path / "state").exists()


def test_two_at_once_keep_what_each_has_set(tmp_path: Path) -> None:
    one, other = memory(tmp_path), memory(tmp_path)
    one.project.set("a", 1)
    other.project.set("b", 2)
    one.save()
    other.save()
    again = memory(tmp_path)
    assert (again.project.get("a"), again.project.get("b")) == (1, 2)
    again.project.set("a", None)
    again.save()
    assert memory(tmp_path).project.get("a") is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}', "\udcff", "[" * 100_000])
def test_a_damaged_file_starts_afresh_and_says_so(tmp_path: Path, text: str) -> None:
    path = project_state_folder({"KITCN_STATE_DIR": str(tmp_path / "state")}, tmp_path / "one") / "tui.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    one = memory(tmp_path)
    assert len(one.problems) == 1
    assert str(path) in one.problems[0]
    assert one.project.get("anything") is None
    one.project.set("a", 1)
    one.save()
    assert memory(tmp_path).problems == []
    assert memory(tmp_path).project.get("a") == 1


def test_drawers_do_not_grow_for_ever(tmp_path: Path) -> None:
    one = memory(tmp_path)
    for number in range(1_000):
        one.project.set(f"key{number}", number)
    one.save()
    again = memory(tmp_path)
    assert again.project.get("key999") == 999
    assert len(json.loads(files(tmp_path)[0].read_text())["drawers"][""]) <= 400


def test_a_folder_that_cannot_be_written_is_an_error_for_whoever_saves(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    one = memory(tmp_path)
    one.own.set("theme", "nord")
    with pytest.raises(OSError):
        one.save()


def test_one_project_is_one_folder_wherever_in_it_one_is(tmp_path: Path) -> None:
    root = tmp_path / "app"
    (root / "convex" / "functions").mkdir(parents=True)
    (root / "package.json").write_text('{"dependencies": {"convex": "*"}}')
    (root / ".env.local").write_text("CONVEX_DEPLOYMENT=dev:happy-otter-1\n")
    variables = {"KITCN_STATE_DIR": str(tmp_path / "state")}
    here = project_state_folder(variables, root)
    assert project_state_folder(variables, root / "convex" / "functions") == here
    assert here.is_relative_to(tmp_path / "state")
    assert here.name.startswith("app-")
    assert project_state_folder(variables, tmp_path) != here
