"""Which folder's env files count."""

from __future__ import annotations

from pathlib import Path

import pytest

from kitcn_repl.errors import KitcnError
from kitcn_repl.project.settings import settings_folder, settings_folder_or_here

DEV = "CONVEX_DEPLOYMENT=dev:happy-otter-123\n"


def a_project(folder: Path, env: str | None = DEV) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"dependencies": {"convex": "*"}}')
    (folder / "convex" / "functions").mkdir(parents=True)
    (folder / "convex.json").write_text('{"functions": "convex/functions"}')
    if env is not None:
        (folder / ".env.local").write_text(env)
    return folder


def test_this_folder_if_it_says_anything(tmp_path: Path) -> None:
    folder = a_project(tmp_path / "a")
    inner = folder / "inner"
    inner.mkdir()
    (inner / ".env").write_text("CONVEX_DEPLOY_KEY=dev:a-b-1|x\n")
    assert settings_folder(inner) == inner
    assert settings_folder(folder) == folder


def test_upwards_to_the_project(tmp_path: Path) -> None:
    folder = a_project(tmp_path / "a")
    assert settings_folder(folder / "convex" / "functions") == folder
    assert settings_folder(a_project(tmp_path / "b", env=None) / "convex") == tmp_path / "b"


def test_a_local_deployment_counts(tmp_path: Path) -> None:
    folder = a_project(tmp_path / "a", env=None)
    state = folder / ".convex" / "local" / "default"
    state.mkdir(parents=True)
    (state / "config.json").write_text("{}")
    assert settings_folder(folder / "convex") == folder


def test_not_beyond_the_project(tmp_path: Path) -> None:
    (tmp_path / ".env.local").write_text(DEV)
    folder = a_project(tmp_path / "a", env=None)
    assert settings_folder(folder / "convex") == folder


def test_nothing_of_a_stranger_counts(tmp_path: Path) -> None:
    (tmp_path / ".env.local").write_text(DEV)
    folder = tmp_path / "just" / "a" / "folder"
    folder.mkdir(parents=True)
    assert settings_folder(folder) == folder
    (tmp_path / ".git").mkdir()
    assert settings_folder(folder) == tmp_path


def test_a_workspace(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"workspaces": ["packages/*"]}')
    backend = a_project(tmp_path / "packages" / "backend")
    web = tmp_path / "packages" / "web"
    web.mkdir()
    (web / "package.json").write_text('{"name": "web"}')
    assert settings_folder(tmp_path) == backend
    assert settings_folder(web) == backend
    (tmp_path / ".env.local").write_text(DEV)
    assert settings_folder(web) == tmp_path


def test_a_workspace_with_two_projects(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"workspaces": ["packages/*"]}')
    a_project(tmp_path / "packages" / "one")
    a_project(tmp_path / "packages" / "two")
    with pytest.raises(KitcnError, match="packages/one, packages/two"):
        settings_folder(tmp_path)
    here, error = settings_folder_or_here(tmp_path)
    assert (here, "packages/one, packages/two" in str(error)) == (tmp_path, True)
    assert settings_folder_or_here(tmp_path / "packages" / "one") == (tmp_path / "packages" / "one", None)
    assert settings_folder(tmp_path / "packages" / "one" / "convex") == tmp_path / "packages" / "one"


def test_other_variables_do_not_count(tmp_path: Path) -> None:
    folder = a_project(tmp_path / "a")
    (folder / "convex" / ".env").write_text("API_KEY=1\nCONVEX_URL=http://x\n# CONVEX_DEPLOYMENT=dev:x\n")
    assert settings_folder(folder / "convex") == folder
