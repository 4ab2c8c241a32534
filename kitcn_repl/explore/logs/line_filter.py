"""Which lines of a log somebody wants to see, as they type it: `rename level:warn -health is:failed`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from kitcn_repl.errors import UsageError
from kitcn_repl.explore.logs.choosing import Wanted
from kitcn_repl.explore.logs.entry import LEVELS
from kitcn_repl.explore.logs.kept import Line, PackedLine
from kitcn_repl.explore.logs.moments import Moment

LEVEL_NAMES: Final = ("DEBUG", "LOG", "WARN", "ERROR")
_WORD: Final = re.compile(r'(-?)(?:(function|level|request|since|is):)?(?:"([^"]*)"?|(\S+))', re.IGNORECASE)
_FIELD: Final = re.compile(r'-|"|(function|level|request|since|is):', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LineFilter:
    """All of these have to hold. `words` are parts of what was said or of the function's name, in any case of letters;
    none of `without` may be there. `quiet` leaves out executions that ended well. `since` is as it was written."""

    function: str | None = None
    request: str | None = None
    level: str | None = None
    since: str | None = None
    failed: bool = False
    quiet: bool = False
    words: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return self == LineFilter()

    @property
    def text(self) -> str:
        """What `parse_filter` makes this of."""
        fields = (("function", self.function), ("request", self.request), ("level", self.level), ("since", self.since))
        parts = [f"{name}:{_quoted(value.lower() if name == 'level' else value)}" for name, value in fields if value]
        parts += [f"is:{state}" for state, holds in (("failed", self.failed), ("quiet", self.quiet)) if holds]
        parts += [_quoted(word) for word in self.words]
        parts += [f"-{_quoted(word)}" for word in self.without]
        return " ".join(parts)

    def bound(self, present: float) -> BoundFilter:
        """Ready to be asked; `present` is in milliseconds since 1970."""
        since = None if self.since is None else Moment(self.since, "since:").milliseconds(present)
        return BoundFilter(self, Wanted(self.function, self.request, since=since))


class BoundFilter:
    """A filter whose present is known."""

    def __init__(self, given: LineFilter, wanted: Wanted) -> None:
        self._wanted = wanted
        self._failed, self._quiet = given.failed, given.quiet
        self._least = LEVELS[given.level] if given.level is not None else None
        self._words = tuple(word.lower() for word in given.words)
        self._without = tuple(word.lower() for word in given.without)

    def takes(self, packed: PackedLine) -> bool:
        line = Line(packed)
        if self._failed and line.outcome != "failed":
            return False
        if self._quiet and line.outcome == "ok":
            return False
        if self._least is not None and (line.severity < self._least or line.outcome == "ok"):
            return False
        if not self._wanted.takes_whole(line):
            return False
        if not self._words and not self._without:
            return True
        said = f"{line.function} {line.nested or ''} {line.text}".lower()
        return all(word in said for word in self._words) and not any(word in said for word in self._without)


def parse_filter(text: str) -> LineFilter:
    """Words, and `function:` `level:` `request:` `since:` `is:failed` `is:quiet`; `-` before a word excludes it, quotes
    keep blanks. Raises UsageError."""
    found = LineFilter()
    for minus, name, quoted, plain in _WORD.findall(text):
        value = plain or quoted
        if not name or minus:
            word = f"{name}:{value}" if name else value
            if not word:
                continue
            found = (
                replace(found, without=(*found.without, word)) if minus else replace(found, words=(*found.words, word))
            )
            continue
        found = _with(found, name.lower(), value)
    return found


def _with(found: LineFilter, name: str, value: str) -> LineFilter:
    match name:
        case "function":
            return replace(found, function=value)
        case "request":
            return replace(found, request=value)
        case "level":
            level = {"INFO": "LOG", "WARNING": "WARN"}.get(value.upper(), value.upper())
            if level not in LEVEL_NAMES:
                raise UsageError(f"There is no level {value!r}; it is one of debug, log, info, warn, error.")
            return replace(found, level=level)
        case "since":
            Moment(value, "since:")
            return replace(found, since=value)
        case _ if value.lower() == "failed":
            return replace(found, failed=True)
        case _ if value.lower() == "quiet":
            return replace(found, quiet=True)
    raise UsageError(f"is:{value} means nothing; it is is:failed or is:quiet.")


def next_level(level: str | None) -> str | None:
    """One step stricter; after the strictest, none."""
    if level == "WARN":
        return "ERROR"
    return None if level == "ERROR" else "WARN"


def _quoted(word: str) -> str:
    """As one word, which stands for nothing else."""
    is_plain = word and not any(char.isspace() for char in word) and not _FIELD.match(word)
    return word if is_plain else f'"{word.replace(chr(34), "")}"'
