"""Rules of the repository that a program can check."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_LONGEST = 450
_REGISTRIES = re.compile(rb"registry\.npm" rb"js\.org|py" rb"pi\.org/simple|files\.python" rb"hosted")


def _tracked() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listing.returncode != 0:
        pytest.skip("not a git checkout, so there is no list of committed files")
    return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_source_files_stay_readable() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in _tracked()
        if path.suffix in (".py", ".js", ".ts")
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > _LONGEST
    }
    assert long == {}


def test_no_committed_file_names_a_registry_or_this_folder() -> None:
    here = str(ROOT.parent).encode() + b"/"
    offending = [
        str(path.relative_to(ROOT))
        for path in _tracked()
        if _REGISTRIES.search(data := path.read_bytes()) or (len(here) > 3 and here in data)
    ]
    assert offending == []
