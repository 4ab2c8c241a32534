"""Makes a failing random case smaller, so that whoever reads of it sees what matters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from kitcn_repl.values import JsonValue

T = TypeVar("T")

_TRIED_AT_ONCE = 300
_ROUNDS = 30


def shrunk(case: T, smaller: Callable[[T], Iterable[T]], failing: Callable[[Sequence[T]], Sequence[bool]]) -> T:
    """The smallest case found that still fails. `smaller` offers simpler cases, simplest first; `failing` tells of many
    at once which of them fail, since a judge may be a process of its own."""
    for _ in range(_ROUNDS):
        offered = list(islice(smaller(case), _TRIED_AT_ONCE))
        failed = next((each for each, fails in zip(offered, failing(offered), strict=True) if fails), None)
        if failed is None:
            break
        case = failed
    return case


def smaller_json(value: JsonValue) -> Iterator[JsonValue]:
    """Parts of a JSON value, and the value with one part left out or made smaller."""
    if isinstance(value, list):
        yield from value
        for at in range(len(value)):
            yield [*value[:at], *value[at + 1 :]]
        for at, item in enumerate(value):
            for less in smaller_json(item):
                yield [*value[:at], less, *value[at + 1 :]]
    elif isinstance(value, dict):
        yield from value.values()
        for name in value:
            yield {key: item for key, item in value.items() if key != name}
        for name, item in value.items():
            for less in smaller_json(item):
                yield {**value, name: less}
    elif isinstance(value, str) and len(value) > 1:
        yield from (value[: len(value) // 2], value[len(value) // 2 :], value[1:], value[:-1])
