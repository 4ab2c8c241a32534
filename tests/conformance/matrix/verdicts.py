"""From what marked tests showed to a verdict on each item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from tests.conformance.matrix.catalogue import Item

Kind = Literal["same", "better", "handed over", "described", "not yet"]
Key = tuple[str, str]

FROM_WEAK_TO_STRONG: tuple[Kind, ...] = ("described", "handed over", "same", "better")


@dataclass(frozen=True, slots=True)
class Showing:
    """One test's claim: these items are `kind`, and `how` if they are better. `test` is its node id."""

    subject: str
    names: tuple[str, ...]
    kind: Kind
    how: str
    test: str
    outcome: str = "passed"

    @property
    def place(self) -> str:
        """The test's file and function, without its parameters."""
        return self.test.partition("[")[0]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`notes` say how it is better, or what happens instead; `files` are those of the tests that show it."""

    item: Item
    kind: Kind
    notes: tuple[str, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """`problems` are mistakes in the matrix itself, each a line."""

    verdicts: Mapping[Key, Verdict]
    problems: tuple[str, ...]


def claim(
    subject: object, *names: object, better: str = "", kind: str = "same"
) -> tuple[str, tuple[str, ...], Any, str]:
    """What `@pytest.mark.conforms(...)` says; no name, or an empty one, is the command itself.

    Raises TypeError for what it may not say.
    """
    if better:
        kind = "better"
    if kind not in FROM_WEAK_TO_STRONG or (kind == "better" and not better):
        raise TypeError(f"conforms() cannot show {kind!r}; it shows {', '.join(get_args(Kind)[:-1])}")
    if not isinstance(subject, str) or not all(isinstance(name, str) for name in names):
        raise TypeError("conforms() takes a subject and names, as texts")
    return subject, tuple(str(name) for name in names) or ("",), kind, better


def judge(items: Sequence[Item], showings: Iterable[Showing], gaps: Mapping[Key, str]) -> Judgement:
    """A verdict on every item. What no passed test shows is `not yet`, and `gaps` must say what happens instead."""
    known = {item.key for item in items}
    shown: dict[Key, list[Showing]] = {}
    for showing in showings:
        for name in showing.names:
            shown.setdefault((showing.subject, name), []).append(showing)
    problems = [
        f"{_text(key)}: {shown[key][0].place} shows what the genuine tools do not have" for key in shown.keys() - known
    ]
    problems += [f"{_text(key)}: gaps.py explains what the genuine tools do not have" for key in gaps.keys() - known]
    verdicts: dict[Key, Verdict] = {}
    for item in items:
        of_item = shown.get(item.key) or _of_its_command(item, shown)
        if of_item and item.key in gaps:
            problems.append(f"{item}: {of_item[0].place} shows it, and gaps.py says what is missing")
        if not of_item and item.key not in gaps:
            problems.append(f"{item}: no test shows it, and gaps.py does not say what happens instead")
        verdicts[item.key] = _verdict(item, of_item, gaps.get(item.key, ""))
    return Judgement(verdicts, tuple(sorted(problems)))


def _of_its_command(item: Item, shown: Mapping[Key, list[Showing]]) -> list[Showing]:
    """A command that is handed over takes its flags with it, as they were typed."""
    of_command = shown.get((item.subject, ""), []) if item.name else []
    return [showing for showing in of_command if showing.kind == "handed over"]


def _verdict(item: Item, showings: Sequence[Showing], gap: str) -> Verdict:
    files = tuple(sorted({showing.place.partition("::")[0] for showing in showings}))
    broken = sorted({f"{showing.place} {showing.outcome}" for showing in showings if showing.outcome != "passed"})
    if broken:
        return Verdict(item, "not yet", tuple(f"`{text}`" for text in broken), files)
    if not showings:
        return Verdict(item, "not yet", (gap,) if gap else (), ())
    kind = max((showing.kind for showing in showings), key=FROM_WEAK_TO_STRONG.index)
    return Verdict(item, kind, tuple(dict.fromkeys(showing.how for showing in showings if showing.how)), files)


def _text(key: Key) -> str:
    return " ".join(key).rstrip()
