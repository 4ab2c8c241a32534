"""Every deployment that can be reached, found by typing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import aclosing
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.fuzzy import FuzzySearch

from kitcn_repl.explore.deployments.reachable import Reach, Reachable, reachable
from kitcn_repl.explore.workspace import Surroundings
from kitcn_repl.render.text import visible
from kitcn_repl.targets.target import TargetFlags
from kitcn_tui.outline.rows import BLANK, Line, Look, Row, Span, padded, told
from kitcn_tui.widgets.finder import Finder, marked

_TYPE_WIDTH = 12
_NAME_WIDTH = 34
_CREATE = "create a deployment …"
_LOOKS: dict[str, Look] = {"prod": "error", "dev": "good", "preview": "link"}


class DeploymentLine(Line):
    """A deployment: its type, what it is called, where it is, and what is to be said of it."""

    __slots__ = ("reachable",)

    def __init__(self, one: Reachable, matches: Iterable[int], *, is_open: bool) -> None:
        entry = one.entry
        kind = (entry.type or "").upper() if entry.type == "prod" else entry.type or ""
        name = marked(visible(_name(one)), matches, "title" if is_open else "plain")
        used = sum(len(span.text) for span in name)
        super().__init__(
            Span(" › " if is_open else "   ", "key"),
            Span(padded(visible(kind), _TYPE_WIDTH), _LOOKS.get(entry.type or "", "muted")),
            *name,
            Span(" " * max(2, _NAME_WIDTH - used)),
            Span(visible(_where(one)), "muted"),
            right=(Span(visible(_remark(one, is_open=is_open)), "muted" if one.flags is None else "plain"),),
        )
        self.reachable = one


class CreateLine(Line):
    """The way to a new one."""

    __slots__ = ()


class Switch(Finder[TargetFlags]):
    """Closes with the flags that open what was chosen. What is on this machine is there at once."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+d", "leave", show=False),
        Binding("f2", "create", "Create", show=False),
    ]
    HEADING = "Switch to"
    PLACEHOLDER = "a deployment: its type, name, project or reference"
    HINT = "enter opens  f2 creates  esc closes"
    NOTHING = "No deployment of that name."

    def __init__(self, surroundings: Surroundings, flags: TargetFlags, open_now: Reachable | None) -> None:
        """`open_now` is the deployment that is open, which `flags` have opened."""
        super().__init__()
        self._surroundings = surroundings
        self._flags = flags
        self._open = open_now
        self._reach = Reach(() if open_now is None else (open_now,))

    def on_mount(self) -> None:
        super().on_mount()
        self.run_worker(self._ask(), group="reach", exclusive=True)

    async def _ask(self) -> None:
        surroundings = self._surroundings
        asked = reachable(surroundings.variables, surroundings.cwd, env_file=self._flags.env_file)
        async with aclosing(asked) as answers:
            async for reach in answers:
                self._reach = reach
                self.draw()

    def same(self, row: Row) -> object:
        return row.reachable.entry.name if isinstance(row, DeploymentLine) else None

    def rows(self, pattern: str) -> Iterator[Row]:
        known = list(self._reach.found)
        if self._open is not None and not any(self._is_open(one) for one in known):
            known.insert(0, self._open)
        if pattern:
            found = list(_matching(known, pattern))
            yield from (DeploymentLine(one, matches, is_open=self._is_open(one)) for one, matches in found)
            if "create".startswith(pattern.lower()):
                yield _create_line()
            if not found:
                yield told(self.NOTHING, indent=3)
        else:
            yield from (DeploymentLine(one, (), is_open=self._is_open(one)) for one in known)
            yield BLANK
            yield _create_line()
        yield from self._remarks()

    def _remarks(self) -> Iterator[Row]:
        if not self._reach.is_complete:
            yield told("asking Convex for the others …", indent=3)
            return
        failure = self._reach.failure
        if failure is not None and not self._reach.needs_login:
            yield BLANK
            yield told(f"Not all are shown: {visible(failure.message)}", "warning", indent=3)
            if failure.hint:
                yield told(visible(failure.hint), indent=3)
        elif self._reach.needs_login:
            yield BLANK
            yield told("Not logged in: kitcn login shows the cloud's deployments too.", indent=3)
        for note in self._reach.notes:
            yield told(visible(note), indent=3)

    def _is_open(self, one: Reachable) -> bool:
        return self._open is not None and one.entry.name == self._open.entry.name

    def chosen(self, row: Row) -> None:
        if isinstance(row, CreateLine):
            self.action_create()
        elif isinstance(row, DeploymentLine):
            if row.reachable.flags is None:
                self.notify(f"It can be opened {row.reachable.detail} only.", severity="warning", markup=False)
            else:
                self.dismiss(self._flags if self._is_open(row.reachable) else row.reachable.flags)

    def action_create(self) -> None:
        from kitcn_tui.shell.switching.create import Create

        def created(flags: TargetFlags | None) -> None:
            if flags is not None:
                self.dismiss(flags)

        self.app.push_screen(Create(self._surroundings), created)


def _create_line() -> CreateLine:
    return CreateLine(Span("   "), Span("+ ", "key"), Span(_CREATE), right=(Span("f2", "key"),))


def _name(one: Reachable) -> str:
    entry = one.entry
    return f"{entry.reference} · {entry.name}" if entry.reference else entry.name


def _where(one: Reachable) -> str:
    entry = one.entry
    if entry.type in ("snapshot", "sqlite", "demo"):
        return one.detail
    return entry.place or entry.url or ""


def _remark(one: Reachable, *, is_open: bool) -> str:
    entry = one.entry
    parts = [
        "open" if is_open else "",
        "selected here" if entry.selected else "",
        entry.state or "",
        one.detail if one.flags is None else "",
        "default" if entry.is_default and not entry.selected else "",
    ]
    return ", ".join(part for part in parts if part)


def _matching(known: Iterable[Reachable], pattern: str) -> Iterator[tuple[Reachable, tuple[int, ...]]]:
    """Those that fit by name, and after them those that fit by type or place."""
    search = FuzzySearch()
    found: list[tuple[float, Reachable, tuple[int, ...]]] = []
    for one in known:
        score, matches = search.match(pattern, _name(one))
        if score > 0:
            found.append((score, one, tuple(matches)))
        else:
            score, _ = search.match(pattern, f"{one.entry.type} {_where(one)}")
            if score > 0:
                found.append((score / 100, one, ()))
    yield from ((one, matches) for _, one, matches in sorted(found, key=lambda each: -each[0]))
