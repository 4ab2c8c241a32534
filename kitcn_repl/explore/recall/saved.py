"""Queries with a name: plain JavaScript files, to edit with any editor, to run with
`kitcn run --inline-query - < NAME.js`, and to commit where a project wants to share them."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kitcn_repl.errors import KitcnError, UsageError
from kitcn_repl.explore.suggestions import nearest
from kitcn_repl.project.private_files import write_private

QUERIES: Final = "queries"
_ENDINGS: Final = (".js", ".ts")
_NAME: Final = re.compile(r"[^\W_][\w .()+-]{0,79}")


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """`changed` is in milliseconds since 1970."""

    name: str
    text: str
    path: Path
    changed: float


class SavedQueries:
    """The files of one folder. Every method may raise KitcnError."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the project's `recall_folder`, or its `.kitcn`; the files are in `queries` there."""
        self.folder = folder / QUERIES

    def all(self) -> list[SavedQuery]:
        """By name. Files that cannot be read are left out."""
        found: dict[str, SavedQuery] = {}
        with suppress(OSError):
            for path in sorted(self.folder.iterdir()):
                if path.suffix in _ENDINGS and _NAME.fullmatch(path.stem):
                    with suppress(OSError, UnicodeDecodeError):
                        text, changed = path.read_text(encoding="utf-8"), path.stat().st_mtime * 1000
                        found.setdefault(path.stem, SavedQuery(path.stem, text, path, changed))
        return sorted(found.values(), key=lambda query: query.name.lower())

    def get(self, name: str) -> SavedQuery:
        queries = {query.name: query for query in self.all()}
        if name not in queries:
            near = nearest(name, list(queries))
            hint = f"Did you mean {near!r}?" if near else None
            raise UsageError(f"There is no saved query {name!r}.", hint=hint)
        return queries[name]

    def save(self, name: str, text: str) -> SavedQuery:
        """Make or replace the query of that name."""
        path = self._path(name)
        try:
            write_private(path, (text.rstrip() + "\n").encode("utf-8", "replace"))
        except OSError as error:
            raise KitcnError(f"{path} cannot be written: {error.strerror}.") from error
        return self.get(name)

    def rename(self, name: str, new_name: str) -> SavedQuery:
        query = self.get(name)
        path = self._path(new_name)
        if path.exists() and not path.samefile(query.path):
            raise UsageError(f"There is a saved query {new_name!r} already.")
        try:
            query.path.rename(path)
        except OSError as error:
            raise KitcnError(f"{query.path} cannot be renamed: {error.strerror}.") from error
        return self.get(new_name)

    def remove(self, name: str) -> None:
        query = self.get(name)
        try:
            query.path.unlink()
        except OSError as error:
            raise KitcnError(f"{query.path} cannot be removed: {error.strerror}.") from error

    def _path(self, name: str) -> Path:
        if _NAME.fullmatch(name) is None or name != name.strip():
            raise UsageError(
                f"{name!r} cannot name a query: it starts with a letter or digit, and goes on with these, blanks and"
                " any of . _ + - ( )."
            )
        found = next((query.path for query in self.all() if query.name == name), None)
        return found or self.folder / f"{name}.js"
