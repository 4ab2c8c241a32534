"""Each notebook runs on the demo from top to bottom, and shows what is stored in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"
NAMES = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))


def test_all_notebooks_are_here_and_listed() -> None:
    assert NAMES == ["data_frames", "insights", "relations", "tour"]
    listed = (NOTEBOOKS / "README.md").read_text(encoding="utf-8")
    assert all(f"({name}.ipynb)" in listed for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_shows_what_is_stored_in_it(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KITCN_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    for variable in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(variable, raising=False)
    stored, fresh = _read(name), _read(name)
    for cell in fresh.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    NotebookClient(fresh, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    for cell, wanted in zip(fresh.cells, stored.cells, strict=True):
        if cell.cell_type == "code":
            assert _shown(cell) == _shown(wanted), cell.source
    assert any(_shown(cell) for cell in stored.cells if cell.cell_type == "code")


def _read(name: str) -> Any:
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)  # type: ignore[no-untyped-call]


def _shown(cell: Any) -> list[str]:
    """What a cell shows, without how long it took and the names that are made up for styles."""
    texts: list[str] = []
    for output in cell.outputs:
        if output.output_type == "stream":
            if texts and texts[-1].startswith("stream "):
                texts[-1] += output.text  # how a stream is cut is chance
            else:
                texts.append(f"stream {output.text}")
        elif output.output_type == "error":
            texts.append(f"error {output.ename} {output.evalue}")
        else:
            texts += [f"{kind} {''.join(text)}" for kind, text in sorted(output.data.items())]
    return [re.sub(r"\b\d+(\.\d+)? m?s\b", "TIME", text) for text in texts]


@pytest.mark.parametrize("name", NAMES)
def test_a_stored_notebook_tells_nothing_of_the_machine(name: str) -> None:
    text = (NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8")
    assert not re.search(r"/(home|root|Users|work|tmp)/", text)
    assert "Traceback" not in text
