"""The line at the top: which deployment this is and why, where one is in it, and whether it answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive

from kitcn_repl.render.text import visible
from kitcn_repl.targets.target import Target
from kitcn_tui.widgets.clickable import ClickableLine, Part

_LONGEST = 200
_BETWEEN = " › "


class Connection(NamedTuple):
    """Whether the deployment answers; `message` is for people, empty where all is well."""

    state: Literal["none", "asking", "good", "lost"] = "none"
    message: str = ""


class Bar(ClickableLine[int]):
    """Type, name and why at the left; at the right the way that led here, each step of which can be clicked."""

    DEFAULT_CSS = """
    Bar { dock: top; background: $panel; color: $foreground; }
    Bar.prod { background: $error 40%; }
    """

    target: reactive[Target | None] = reactive(None)
    component: reactive[str] = reactive("")
    trail: reactive[tuple[str, ...]] = reactive(())
    connection: reactive[Connection] = reactive(Connection())

    class Step(Message):
        """Somebody wants to go back `steps` places."""

        def __init__(self, steps: int) -> None:
            super().__init__()
            self.steps = steps

    def watch_target(self, target: Target | None) -> None:
        self.set_class(target is not None and target.is_prod, "prod")

    def parts(self, width: int) -> list[Part[int]]:
        return line(width, self.target, self.component, self.trail, self.connection)

    def clicked(self, value: int) -> None:
        if value:
            self.post_message(self.Step(value))


def line(
    width: int, target: Target | None, component: str, trail: Sequence[str], connection: Connection
) -> list[Part[int]]:
    """The bar, `width` cells wide. What there is no room for goes in this order: why, old steps, the newest's end."""
    left = _identity(target, component)
    status = _status(connection)
    room = width - left.cell_length - status.cell_length - 2
    shortest = cell_len(_safe(trail[-1])) + 4 if trail else 0
    if target is not None:
        why = f"  {_safe(target.reason)}"
        if cell_len(why) + shortest <= room:
            left = left + Content.styled(why, "$foreground-muted")
            room -= cell_len(why)
    steps = _steps(trail, room)
    used = left.cell_length + status.cell_length + sum(part.content.cell_length for part in steps)
    return [Part(left), Part(Content(" " * max(1, width - used))), *steps, Part(status)]


def _identity(target: Target | None, component: str) -> Content:
    if target is None:
        return Content.styled("kitcn", "bold $text-primary")
    kind = target.deployment_type or ("self-hosted" if target.kind == "live" else target.kind)
    if target.is_prod:
        badge = Content.styled(" PROD ", "bold reverse")
    else:
        badge = Content.styled(f" {_safe(kind)} ", f"bold $background on {_BADGES.get(kind, '$secondary')}")
    name = "" if target.name == kind else f" {_safe(target.name)}"
    where = f" / {_safe(component)}" if component else ""
    return Content.assemble(badge, Content.styled(name, "bold"), Content.styled(where, "$text-accent"))


_BADGES = {"dev": "$success", "preview": "$accent", "local": "$primary", "anonymous": "$primary", "demo": "$primary"}


def _status(connection: Connection) -> Content:
    match connection.state:
        case "asking":
            return Content.styled(f"  ◌ {connection.message}", "$foreground-muted")
        case "lost":
            return Content.styled(f"  ✕ {connection.message}", "bold $text-error")
        case "good":
            return Content.styled("  ●", "$text-success")
    return Content("")


def _steps(trail: Sequence[str], room: int) -> list[Part[int]]:
    """As many of the newest steps as there is room for; the number is how far back each is."""
    shown: list[Part[int]] = []
    between: Part[int] = Part(Content.styled(_BETWEEN, "$foreground-muted"))
    for back, title in enumerate(reversed(trail)):
        text = _safe(title)
        needed = cell_len(text) + (len(_BETWEEN) if shown else 0)
        # Of older ones that do not fit, an ellipsis tells, for which there must be room.
        if needed > room - (4 if back + 1 < len(trail) else 0):
            if not shown and room > 1:
                shown.append(Part(Content.styled(set_cell_size(text, room - 1).rstrip() + "…", "bold"), 0))
            elif shown and room >= 4:
                shown += [between, Part(Content.styled("…", "$foreground-muted"), back)]
            break
        room -= needed
        if shown:
            shown.append(between)
        shown.append(Part(Content.styled(text, "$foreground-muted" if back else "bold"), back))
    return list(reversed(shown))


def _safe(text: str) -> str:
    return visible(text[:_LONGEST])
