"""Evaluating small programs, with a library of two functions that stand for everything that a library may bring."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kitcn_repl.schema.model import Dynamic, Place, Problem
from kitcn_repl.schema.source.interpreter import Interpreter
from kitcn_repl.schema.source.operators import BigInt
from kitcn_repl.schema.source.reader import evaluate_file
from kitcn_repl.schema.source.scope import Closure
from kitcn_repl.schema.source.values import Array, Call, Host, Record, Undefined, Unknown, Value


class Made(Host):
    """What the library's `make` returns: it remembers its calls, and every method of it is one more."""

    def __init__(self, *said: object) -> None:
        self.said = said

    def member(self, name: str, place: Place) -> Value:
        return Caller(lambda call: Made(*self.said, name, *map(plain, call.arguments)))


class Caller(Host):
    def __init__(self, answer: Callable[[Call], Value]) -> None:
        self.answer = answer

    def call(self, call: Call) -> Value:
        return self.answer(call)


def _run_callback(call: Call) -> Value:
    return call.evaluator.apply(call.argument(0), call.arguments[1:], call.place)


LIBRARY: Mapping[str, Mapping[str, Value]] = {
    "lib": {
        "make": Caller(lambda call: Made(*map(plain, call.arguments))),
        "text": Caller(lambda call: "|".join(call.texts)),
        "place": Caller(lambda call: str(call.place)),
        "run": Caller(_run_callback),
    },
    "lib/any": {"*": Made("any")},
}


@dataclass
class Result:
    value: Value
    exports: Record
    problems: Sequence[Problem]
    dynamics: Sequence[Dynamic]
    files: Sequence[str]

    @property
    def plain(self) -> object:
        return plain(self.value)


def plain(value: Value) -> object:
    """A value in Python's own terms: `…` stands for what is unknown."""
    if isinstance(value, Unknown):
        return ...
    if isinstance(value, Array):
        return [plain(item) for item in value.items] + [...] * bool(value.unknown)
    if isinstance(value, Record):
        entries: dict[object, object] = {name: plain(entry) for name, entry in value.entries.items()}
        return entries | ({...: ...} if value.unknown else {})
    if isinstance(value, Undefined):
        return "undefined"
    if isinstance(value, Made):
        return value.said
    if isinstance(value, Closure):
        return "function"
    if isinstance(value, BigInt):
        return value.number
    return type(value).__name__ if isinstance(value, Host) else value


def write(root: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def evaluated(root: Path, main: str | bytes, name: str = "main.ts", **others: str | bytes) -> Result:
    """Runs a file named `main.ts`; others by their names, with `__` for `/` and `_ts` for `.ts`."""
    files: dict[str, str | bytes] = {name: main}
    files |= {key.replace("__", "/").replace("_ts", ".ts"): content for key, content in others.items()}
    write(root, files)
    interpreter = Interpreter()
    exports = evaluate_file(root / name, root, LIBRARY, interpreter)
    value = exports.entries.get("default") or (exports.unknown[0] if exports.unknown else None)
    return Result(
        exports.entries.get("default", value),
        exports,
        list(interpreter.problems),
        list(interpreter.dynamics),
        interpreter.modules.files.names,
    )


def default_of(root: Path, main: str, **others: str) -> object:
    """The default export of `main.ts`, plain. Nothing may be wrong."""
    result = evaluated(root, main, **others)
    assert result.problems == []
    return result.plain
