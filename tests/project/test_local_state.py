"""Local and anonymous deployments on disk (control-plane.md 2.2)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kitcn_repl.project.local_state import LocalState, all_states, broken_state, project_state, recorded_name, state_of

KEY = "local-a-b|topsecret"


def write(directory: Path, **fields: object) -> None:
    directory.mkdir(parents=True)
    stored = {"ports": {"cloud": 3210, "site": 3211}, "backendVersion": "v", "adminKey": KEY, **fields}
    (directory / "config.json").write_text(json.dumps(stored))


def test_the_projects_own(tmp_path: Path) -> None:
    assert project_state(tmp_path) is None
    directory = tmp_path / ".convex" / "local" / "default"
    write(directory, deploymentName="local-a-b", cloudProjectId=7, instanceSecret="x" * 64)
    found = project_state(tmp_path)
    assert found == LocalState("local-a-b", directory, 3210, KEY, 3211, "v", 7)
    assert (found.kind, found.url) == ("local", "http://127.0.0.1:3210")
    assert "topsecret" not in repr(found)


def test_a_file_without_a_name_is_not_the_projects_own(tmp_path: Path) -> None:
    write(tmp_path / ".convex" / "local" / "default")
    assert project_state(tmp_path) is None
    found = state_of("local-a-b", tmp_path, {"HOME": str(tmp_path)})
    assert found is not None
    assert found.name == "local-a-b"


def test_the_home_directory_is_second(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "project"
    variables = {"HOME": str(home)}
    write(home / ".convex/convex-backend-state/local-a-b")
    write(home / ".convex/anonymous-convex-backend-state/anonymous-c", ports={"cloud": 1, "site": 2})
    write(folder / ".convex/local/default", deploymentName="local-x-y")
    found = state_of("local-a-b", folder, variables)
    assert found is not None
    assert found.directory == home / ".convex/convex-backend-state/local-a-b"
    anonymous = state_of("anonymous-c", folder, variables)
    assert anonymous is not None
    assert (anonymous.kind, anonymous.port) == ("anonymous", 1)
    assert state_of("local-z", folder, variables) is None
    assert [one.name for one in all_states(folder, variables)] == ["local-x-y", "local-a-b", "anonymous-c"]


NO_PORT = ('{"ports": 3210, "adminKey": "k"}', '{"ports": {"cloud": "3210"}, "adminKey": "k"}')


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 99999, *NO_PORT], ids=range(6))
def test_files_that_say_nothing(tmp_path: Path, text: str) -> None:
    directory = tmp_path / ".convex" / "local" / "default"
    directory.mkdir(parents=True)
    (directory / "config.json").write_text(text)
    assert project_state(tmp_path) is None
    assert all_states(tmp_path, {"HOME": str(tmp_path)}) == []
    assert broken_state(None, tmp_path, {}) == directory / "config.json"


def test_files_that_say_all_are_not_broken(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "project"
    variables = {"HOME": str(home)}
    assert broken_state("local-a-b", folder, variables) is None
    write(folder / ".convex" / "local" / "default", deploymentName="local-x-y")
    in_home = home / ".convex" / "convex-backend-state" / "local-a-b"
    write(in_home)
    assert broken_state("local-a-b", folder, variables) is None
    assert broken_state("../..", folder, variables) is None
    (in_home / "config.json").write_text("{}")
    assert broken_state("local-a-b", folder, variables) == in_home / "config.json"


@pytest.mark.parametrize("name", ["../../secret", "local-../../x", "..", "local-a\\b"])
def test_a_name_leads_nowhere_else(tmp_path: Path, name: str) -> None:
    write(tmp_path / "secret")
    assert state_of(name, tmp_path, {"HOME": str(tmp_path)}) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (b'{"deploymentName": "local-a-b"}', "local-a-b"),
        (b"", None),
        (b"[]", None),
        (b"{}", None),
        (b'{"deploymentName": 5}', None),
        (b'{"deploymentName": ""}', None),
        (b'{"deploymentName": "a\\u001b"}', None),
        (b"[" * 100_000, None),
        (b"\xff", None),
    ],
    ids=["name", "empty", "array", "nothing", "number", "no-name", "control", "deep", "bytes"],
)
def test_the_recorded_name(tmp_path: Path, text: bytes, name: str | None) -> None:
    (tmp_path / "config.json").write_bytes(text)
    assert recorded_name(tmp_path) == name
    assert recorded_name(tmp_path / "nothing") is None
