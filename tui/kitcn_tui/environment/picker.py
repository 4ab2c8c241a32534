"""Choosing one side of a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from kitcn_repl.errors import KitcnError
from kitcn_repl.render.text import visible
from kitcn_tui.environment.comparison import THIS, operand_of
from kitcn_tui.widgets.line_list import LineList, Part, columns
from kitcn_tui.widgets.painted import MUTED

if TYPE_CHECKING:
    from kitcn_repl.explore.workspace import Workspace

Option = tuple[str, str]
"""What names the side, and what it is."""

_MOST_FILES = 20


class _Options(LineList):
    can_focus = False

    def __init__(self) -> None:
        super().__init__()
        self.options: Sequence[Option] = ()

    @property
    def count(self) -> int:
        return len(self.options)

    def parts(self, index: int, width: int) -> Sequence[Part]:
        name, what = self.options[index]
        return columns([(name, "strong", 0), (what, "muted", min(36, width // 2))], width)


class SidePicker(ModalScreen[str | None]):
    """A side as `kitcn env diff` takes it: chosen from what there is, or typed."""

    DEFAULT_CSS = """
    SidePicker {
        align: center middle;
        & > Vertical {
            width: 84; max-width: 94%; height: 20; max-height: 90%; padding: 1 2;
            background: $surface; border: round $border;
        }
        & Static { height: auto; }
        & Input { margin: 1 0; border: none; height: 1; padding: 0 1; background: $panel; &:focus { border: none; } }
        & #pick-problem { color: $text-error; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Cancel"),
        Binding("up", "step(-1)", show=False, priority=True),
        Binding("down", "step(1)", show=False, priority=True),
    ]

    def __init__(self, letter: str, workspace: Workspace) -> None:
        super().__init__()
        self._letter = letter
        self._workspace = workspace
        self._known: list[Option] = [
            (THIS, workspace.target.label),
            *((f"default:{one}", f"defaults for {one} deployments") for one in ("dev", "preview", "prod")),
            *_env_files(workspace.surroundings.cwd),
        ]

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(f"Side {self._letter}: a deployment, defaults, or a .env file", markup=False)
            yield Input(placeholder="prod, happy-otter-123, default:preview, ./.env.convex …")
            yield _Options()
            yield Static(id="pick-problem", markup=False)
            yield Static(Content.styled("↑ ↓ and enter choose · or type a name", MUTED), markup=False)

    def on_mount(self) -> None:
        self._narrow("")
        self.run_worker(self._list(), group="list")

    async def _list(self) -> None:
        """Deployments that can be reached; who may not see them can still type a name."""
        from kitcn_repl.explore.deployments.listing import list_deployments
        from kitcn_repl.targets.configured import find_login

        where = self._workspace.surroundings
        try:
            login = find_login(where.variables, where.cwd, self._workspace.flags.env_file)
            found = await list_deployments(self._workspace.selection(), login, where.variables, where.cwd)
        except KitcnError:
            return
        here, shown = self._workspace.target.name, self.query_one(_Options)
        stays = shown.options[shown.cursor] if shown.options else None
        self._known[1:1] = [
            (entry.selector, " · ".join(filter(None, (entry.type, entry.name))))
            for entry in found.entries
            if entry.name != here
        ]
        self._narrow(self.query_one(Input).value, stays)

    def _narrow(self, text: str, stays: Option | None = None) -> None:
        words = text.lower().split()
        shown = self.query_one(_Options)
        shown.options = [one for one in self._known if all(word in " ".join(one).lower() for word in words)]
        shown.nothing = "enter takes what is typed"
        shown.set_reactive(LineList.cursor, shown.options.index(stays) if stays in shown.options else 0)
        shown.changed()

    @on(Input.Changed)
    def _on_typing(self, event: Input.Changed) -> None:
        event.stop()
        self._narrow(event.value)

    @on(Input.Submitted)
    def _on_typed(self, event: Input.Submitted) -> None:
        event.stop()
        shown = self.query_one(_Options)
        self._take(shown.options[shown.cursor][0] if shown.options else event.value.strip())

    @on(LineList.Chosen)
    def _on_chosen(self, event: LineList.Chosen) -> None:
        self._take(self.query_one(_Options).options[event.index][0])

    def _take(self, text: str) -> None:
        try:
            operand_of(text)
        except KitcnError as error:
            self.query_one("#pick-problem", Static).update(Content(visible(error.message)))
            return
        self.dismiss(text)

    def action_step(self, step: int) -> None:
        self.query_one(_Options).action_cursor(step)


def _env_files(folder: Path) -> list[Option]:
    try:
        names = sorted(path.name for path in folder.iterdir() if path.name.startswith(".env") and path.is_file())
    except OSError:
        return []
    return [(f"./{name}", "file here") for name in names[:_MOST_FILES]]
