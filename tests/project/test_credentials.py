"""The login file of Convex's own CLI."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from kitcn_repl.errors import KitcnError
from kitcn_repl.project.credentials import (
    config_directory,
    control_plane_url,
    read_token,
    remove_token,
    write_token,
)

TOKEN = "ey-planted-token"


@pytest.mark.parametrize(
    ("host", "folder"),
    [
        (None, ".convex"),
        ("", ".convex"),
        ("http://127.0.0.1:9876", ".convex-test-9876"),
        ("http://127.0.0.1:8050", ".convex-test"),
        ("https://api.example", ".convex-test"),
    ],
)
def test_each_control_plane_has_its_folder(tmp_path: Path, host: str | None, folder: str) -> None:
    variables = {"HOME": str(tmp_path), **({} if host is None else {"CONVEX_PROVISION_HOST": host})}
    assert config_directory(variables) == tmp_path / folder
    assert control_plane_url(variables) == (host or "https://api.convex.dev")


def test_is_written_for_its_owner_only_and_read_back(tmp_path: Path) -> None:
    variables = {"HOME": str(tmp_path)}
    assert read_token(variables).token is None
    assert read_token(variables).problem is None
    path = write_token(variables, TOKEN)
    assert path == tmp_path / ".convex" / "config.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == '{\n  "accessToken": "ey-planted-token"\n}'
    assert read_token(variables).token == TOKEN
    assert TOKEN not in repr(read_token(variables))
    assert [one.name for one in path.parent.iterdir()] == ["config.json"]


def test_what_else_is_in_the_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / ".convex" / "config.json"
    path.parent.mkdir()
    path.write_text('{"accessToken": "old", "more": {"ü": 1}}')
    path.chmod(0o644)
    write_token({"HOME": str(tmp_path)}, TOKEN)
    assert json.loads(path.read_text()) == {"accessToken": TOKEN, "more": {"ü": 1}}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["{", "[]", "null", '"x"', "\x00", "[" * 100_000])
def test_a_broken_file_is_told_and_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / ".convex" / "config.json"
    path.parent.mkdir()
    path.write_text(text)
    variables = {"HOME": str(tmp_path)}
    assert "is not a JSON object" in (read_token(variables).problem or "")
    with pytest.raises(KitcnError, match="is not a JSON object: mend or remove it"):
        write_token(variables, TOKEN)
    assert path.read_text() == text


@pytest.mark.parametrize("token", ['""', "1", "null"])
def test_a_file_without_a_token(tmp_path: Path, token: str) -> None:
    path = tmp_path / ".convex" / "config.json"
    path.parent.mkdir()
    path.write_text(f'{{"accessToken": {token}}}')
    assert "holds no accessToken" in (read_token({"HOME": str(tmp_path)}).problem or "")


def test_is_removed(tmp_path: Path) -> None:
    variables = {"HOME": str(tmp_path)}
    assert remove_token(variables) is None
    path = write_token(variables, TOKEN)
    assert remove_token(variables) == path
    assert not path.exists()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / ".convex").write_text("a file where the folder should be")
    with pytest.raises(KitcnError, match="cannot be written"):
        write_token({"HOME": str(tmp_path)}, TOKEN)
    (tmp_path / "x" / ".convex" / "config.json").mkdir(parents=True)
    with pytest.raises(KitcnError, match="cannot be read"):
        write_token({"HOME": str(tmp_path / "x")}, TOKEN)
    with pytest.raises(KitcnError, match="cannot be removed"):
        remove_token({"HOME": str(tmp_path / "x")})
