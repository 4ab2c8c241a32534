from __future__ import annotations

import stat
import sys
from pathlib import Path

import platformdirs
import pytest

from kitcn_repl.project.private_files import private_folder, write_private
from kitcn_repl.project.state_folder import config_folder, state_folder


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere platformdirs is asked")
def test_as_platformdirs_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variables in (
        {"HOME": str(tmp_path)},
        {"HOME": str(tmp_path), "XDG_STATE_HOME": "/elsewhere/state", "XDG_CONFIG_HOME": "/elsewhere/config"},
        {"HOME": str(tmp_path), "XDG_STATE_HOME": "", "XDG_CONFIG_HOME": " "},
    ):
        for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME"):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        assert state_folder(variables) == platformdirs.user_state_path("kitcn")
        assert config_folder(variables) == platformdirs.user_config_path("kitcn")


def test_variables_win(tmp_path: Path) -> None:
    variables = {"KITCN_STATE_DIR": str(tmp_path / "s"), "KITCN_CONFIG_DIR": str(tmp_path / "c"), "HOME": "/nowhere"}
    assert state_folder(variables) == tmp_path / "s"
    assert config_folder(variables) == tmp_path / "c"


def test_private_files_are_whole_and_their_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file"
    write_private(path, b"one")
    write_private(path, b"two")
    assert path.read_bytes() == b"two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o700
    assert [one.name for one in path.parent.iterdir()] == ["file"]
    with pytest.raises(OSError):
        write_private(tmp_path / "a" / "b", b"three")
    assert [one.name for one in (tmp_path / "a").iterdir()] == ["b"], "nothing is left behind"
    with pytest.raises(OSError):
        private_folder(path / "below a file")
