"""The texts that are open, and where they stay between runs of the application: `queries.json` of the project."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from kitcn_repl.project.private_files import write_private
from kitcn_repl.values import JsonObject, JsonValue

_FORMAT = 1
_FILE = "queries.json"
_MOST_CLOSED = 20
_LONGEST_NAME = 60
_LONGEST_TEXT = 2_000_000
_UNNAMED = re.compile(r"Query (\d+)\Z")


@dataclass
class Buffer:
    """An open text. `saved` is what the saved query of its name holds, None for one that was never saved."""

    name: str
    text: str = ""
    key: str = field(default_factory=lambda: secrets.token_hex(6))
    saved: str | None = None
    cursor: tuple[int, int] = (0, 0)

    @property
    def is_changed(self) -> bool:
        """Whether a saved query has changed since."""
        return self.saved is not None and self.saved.rstrip() != self.text.rstrip()


class Buffers:
    """Open ones in order, of which one is shown, and those closed last. There is always one."""

    def __init__(self, buffers: Iterable[Buffer] = (), active: int = 0) -> None:
        self.all = list(buffers)
        self.closed: list[Buffer] = []
        if not self.all:
            self.all.append(Buffer(self.free_name()))
        self.active = max(0, min(active, len(self.all) - 1))

    @property
    def current(self) -> Buffer:
        return self.all[self.active]

    def free_name(self) -> str:
        taken = {int(match[1]) for buffer in self.all if (match := _UNNAMED.match(buffer.name))}
        return f"Query {next(number for number in range(1, len(taken) + 2) if number not in taken)}"

    def open(self, text: str = "", name: str | None = None, saved: str | None = None) -> Buffer:
        """A new one at the right of the current one, which is shown."""
        buffer = Buffer(self.unique(name) if name else self.free_name(), text, saved=saved)
        self.all.insert(self.active + 1, buffer)
        self.active += 1
        return buffer

    def close(self) -> Buffer:
        """Away with the current one; the last is followed by an empty one."""
        buffer = self.all.pop(self.active)
        if buffer.text.strip():
            self.closed = [*self.closed[-_MOST_CLOSED + 1 :], buffer]
        if not self.all:
            self.all.append(Buffer(self.free_name()))
        self.active = max(0, min(self.active, len(self.all) - 1))
        return buffer

    def reopen(self) -> Buffer | None:
        if not self.closed:
            return None
        buffer = self.closed.pop()
        self.all.insert(self.active + 1, buffer)
        self.active += 1
        return buffer

    def show(self, buffer: Buffer) -> None:
        self.active = self.all.index(buffer)

    def step(self, by: int) -> None:
        self.active = (self.active + by) % len(self.all)

    def unique(self, name: str) -> str:
        """The name, with a number if another buffer has it."""
        name = " ".join(name.split())[:_LONGEST_NAME] or self.free_name()
        names = {buffer.name for buffer in self.all}
        number, found = 2, name
        while found in names:
            found, number = f"{name} ({number})", number + 1
        return found


class BufferStore:
    """Keeps buffers in a folder. Two applications may share it: each changes only the buffers that it has seen."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE
        self._seen: set[str] = set()

    def load(self) -> Buffers:
        """What was kept. A file that is damaged counts as none, and is put aside: its queries can be read by hand."""
        entries, active = self._read()
        buffers = [buffer for entry in entries if (buffer := _buffer(entry)) is not None]
        self._seen.update(buffer.key for buffer in buffers)
        place = next((place for place, buffer in enumerate(buffers) if buffer.key == active), 0)
        return Buffers(buffers, place)

    def save(self, buffers: Buffers) -> None:
        """Raises OSError."""
        ours = [_entry(buffer) for buffer in buffers.all if buffer.text or buffer.saved is not None]
        self._seen.update(buffer.key for buffer in buffers.all)
        others = [entry for entry in self._read()[0] if entry.get("key") not in self._seen]
        kept: JsonObject = {"format": _FORMAT, "active": buffers.current.key, "buffers": [*ours, *others]}
        write_private(self._path, json.dumps(kept, indent=1, ensure_ascii=False).encode("utf-8", "surrogatepass"))

    def _read(self) -> tuple[list[JsonObject], object]:
        """Buffers, and the key of the active one."""
        try:
            content = self._path.read_bytes()
        except OSError:
            return [], None
        with suppress(ValueError, RecursionError):
            match json.loads(content):
                case {"format": format_, "buffers": list(entries), **others} if format_ == _FORMAT:
                    return [entry for entry in entries if isinstance(entry, dict)], others.get("active")
        with suppress(OSError):
            self._path.replace(self._path.with_suffix(".damaged"))
        return [], None


def _entry(buffer: Buffer) -> JsonObject:
    entry: JsonObject = {
        "key": buffer.key,
        "name": buffer.name,
        "text": buffer.text[:_LONGEST_TEXT],
        "cursor": list(buffer.cursor),
    }
    if buffer.saved is not None:
        entry["saved"] = buffer.saved
    return entry


def _buffer(entry: JsonObject) -> Buffer | None:
    key, name, text, saved = (entry.get(part) for part in ("key", "name", "text", "saved"))
    if not (isinstance(key, str) and isinstance(name, str) and isinstance(text, str)):
        return None
    if not key.isalnum():  # it becomes part of a widget's id
        return None
    return Buffer(name, text, key, saved if isinstance(saved, str) else None, _cursor(entry.get("cursor")))


def _cursor(stored: JsonValue) -> tuple[int, int]:
    match stored:
        case [int(row), int(column)] if row >= 0 and column >= 0:
            return row, column
    return 0, 0
