"""dotenv texts, read as npm's dotenv 16 reads them (control-plane.md 6.4)."""

from __future__ import annotations

from pathlib import Path

import pytest

from kitcn_repl.errors import KitcnError
from kitcn_repl.project.env_files import parse_env_file, read_env_file, read_env_files

# What dotenv 16.6.1 makes of them; tests/conformance asks the genuine CLI.
VECTORS: list[tuple[str, dict[str, str]]] = [
    ("A=1", {"A": "1"}),
    ("A: 1", {"A": "1"}),
    ("A:1", {}),
    ("export A=1", {"A": "1"}),
    (" A = 1 ", {"A": "1"}),
    ("A=", {"A": ""}),
    ("A= \nB=2", {"A": "", "B": "2"}),
    ("A", {}),
    ("A=two words", {"A": "two words"}),
    ("A=a=b", {"A": "a=b"}),
    ("A=a#b", {"A": "a"}),
    ("A='a#b'", {"A": "a#b"}),
    ("A=a # comment", {"A": "a"}),
    ("# A=1", {}),
    ('A="x\\ny"', {"A": "x\ny"}),
    ('A="x\\ty"', {"A": "x\\ty"}),
    ("A='x\\ny'", {"A": "x\\ny"}),
    ("A='x\ny'\nB=1", {"A": "x\ny", "B": "1"}),
    ('A="x\ny" # comment', {"A": "x\ny"}),
    ("A=`x'y\"z`", {"A": "x'y\"z"}),
    ('A="a" b', {"A": '"a" b'}),
    ("A='it\\'s'", {"A": "it\\'s"}),
    ('A="unterminated', {"A": '"unterminated'}),
    ("A=1\nA=2", {"A": "2"}),
    ("A=1\r\nB=2\r\n", {"A": "1", "B": "2"}),
    ("A=1\rB=2", {"A": "1", "B": "2"}),
    ("\ufeffA=1", {"A": "1"}),
    ("A=$HOME", {"A": "$HOME"}),
    ('A={"a":1}', {"A": '{"a":1}'}),
    ("a.b-c=1", {"a.b-c": "1"}),
    ("ä=1", {}),
    ("A=ż", {"A": "ż"}),
    ("A=  'spaced'  ", {"A": "spaced"}),
    ("A=' in '", {"A": " in "}),
    (
        "CONVEX_DEPLOYMENT=dev:happy-otter-123 # team: acme, project: chess\n\nCONVEX_URL=http://127.0.0.1:3210\n",
        {"CONVEX_DEPLOYMENT": "dev:happy-otter-123", "CONVEX_URL": "http://127.0.0.1:3210"},
    ),
    ("", {}),
]


@pytest.mark.parametrize(("text", "expected"), VECTORS)
def test_vectors(text: str, expected: dict[str, str]) -> None:
    assert parse_env_file(text) == expected


def test_files(tmp_path: Path) -> None:
    assert read_env_files(tmp_path) == []
    (tmp_path / ".env").write_text("A=1\n")
    (tmp_path / ".env.local").write_bytes(b"A=2\nB=\xff\n")
    assert [(path.name, dict(found)) for path, found in read_env_files(tmp_path)] == [
        (".env.local", {"A": "2", "B": "\ufffd"}),
        (".env", {"A": "1"}),
    ]
    (tmp_path / "folder").mkdir()
    assert read_env_file(tmp_path / "folder") is None
    assert read_env_file(tmp_path / ".env" / "below") is None


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / ".env.local"
    path.symlink_to(path)  # unreadable for root too
    with pytest.raises(KitcnError, match=r"\.env\.local cannot be read: "):
        read_env_file(path)


def test_long_lines_take_no_time() -> None:
    """A grammar of regular expressions must not go back and forth over hostile text."""
    hostile = "A=" + "'\\" * 20_000 + "\n" + " " * 20_000 + "B" + "\t" * 20_000 + "=1"
    assert parse_env_file(hostile)["B"] == "1"
