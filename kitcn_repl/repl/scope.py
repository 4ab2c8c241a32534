"""What later queries find by name: the results so far, and what earlier ones declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kitcn_repl.explore.inline.tokens import tokenize
from kitcn_repl.values import JsonValue

LAST = "_"
_MOST = 50
_DECLARES = frozenset(("const", "let", "var", "function", "class"))


@dataclass(frozen=True, slots=True)
class Declared:
    """The text of a statement that declares names whose values cannot be kept: functions, queries not yet asked."""

    names: frozenset[str]
    text: str


class Scope:
    """Results are called `_1`, `_2`, ..., the last one `_` too. Values are encoded, and reach a query as constants."""

    def __init__(self) -> None:
        self.count = 0
        self._results: dict[str, JsonValue] = {}
        self._variables: dict[str, JsonValue] = {}
        self._declared: list[Declared] = []

    def add(self, value: JsonValue) -> str:
        """Keep a result; the oldest beyond fifty goes. Gives its name."""
        self.count += 1
        name = f"_{self.count}"
        self._results[name] = value
        if len(self._results) > _MOST:
            del self._results[next(iter(self._results))]
        return name

    def declare(self, values: Mapping[str, JsonValue]) -> None:
        """Keep what a text declared."""
        for name, value in values.items():
            self._drop(name)
            self._variables[name] = value

    def declare_text(self, declared: Declared) -> None:
        for name in declared.names:
            self._drop(name)
        self._declared.append(declared)

    def _drop(self, name: str) -> None:
        self._variables.pop(name, None)
        self._declared = [one for one in self._declared if name not in one.names]

    def clear(self) -> None:
        self._results.clear()
        self._variables.clear()
        self._declared.clear()

    @property
    def last(self) -> str | None:
        return f"_{self.count}" if f"_{self.count}" in self._results else None

    @property
    def values(self) -> dict[str, JsonValue]:
        """Everything by name, `_` among it."""
        last = {LAST: self._results[self.last]} if self.last is not None else {}
        return {**last, **self._results, **self._variables}

    @property
    def declared(self) -> tuple[Declared, ...]:
        return tuple(self._declared)

    def find(self, name: str) -> JsonValue:
        """Raises KeyError."""
        return self.values[name]

    def needed(self, text: str) -> tuple[dict[str, JsonValue], list[str]]:
        """What the text uses: constants by name, and texts of declarations, each with what it uses itself."""
        used, own = _names(text)
        texts: list[str] = []
        for declared in reversed(self._declared):
            if declared.names & used and not declared.names & own:
                texts.insert(0, declared.text)
                used |= _names(declared.text)[0]
        return {name: value for name, value in self.values.items() if name in used and name not in own}, texts


def _names(text: str) -> tuple[set[str], set[str]]:
    """The names that a text uses, and those that it declares outside of any bracket."""
    used: set[str] = set()
    own: set[str] = set()
    for name, is_declared in _walk(text):
        used.add(name)
        if is_declared:
            own.add(name)
    return used, own


def _walk(text: str) -> Iterator[tuple[str, bool]]:
    before, depth = "", 0
    is_target = False  # between `const` and `=`
    for token in tokenize(text):
        if token.kind == "comment":
            continue
        if token.closes:
            depth -= 1
        if token.kind == "name" and before not in (".", "?."):
            yield token.text, is_target or (depth == 0 and before in _DECLARES)
        if depth == 0 and token.text in ("const", "let", "var"):
            is_target = True
        elif token.text in ("=", ";", "of"):
            is_target = False
        if token.opens:
            depth += 1
        before = token.text
