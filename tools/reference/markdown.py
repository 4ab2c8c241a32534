"""Pieces of Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence


def page(title: str, introduction: str, *parts: str) -> str:
    """A page that says that it is made."""
    note = "This page is made from the code: `python -m tools.reference`."
    return "\n\n".join([f"# {title}", f"{introduction} {note}", *parts]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [" | ".join(head), " | ".join("---" for _ in head), *(" | ".join(map(cell, row)) for row in rows)]
    return "\n".join(f"| {line} |" for line in lines)


def cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|").strip()


def code(text: str) -> str:
    return f"`{text}`" if text else ""


def fenced(text: str, language: str = "") -> str:
    return f"```{language}\n{text.strip(chr(10))}\n```"


def prose(docstring: str) -> str:
    """A docstring as Markdown: its examples become blocks."""
    return re.sub(r"(?m)(?:^>>> .*\n?(?:^(?!\n).+\n?)*)+", lambda match: fenced(match[0], "pycon") + "\n", docstring)


def anchor(heading: str) -> str:
    """The fragment that GitHub gives a heading."""
    plain = re.sub(r"[^\w\- ]", "", heading.replace("`", "").strip().lower())
    return plain.replace(" ", "-")
