"""The form for a new deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Select, Static

from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.workspace import Surroundings
from kitcn_repl.render.text import visible, visible_lines
from kitcn_repl.targets.target import TargetFlags
from kitcn_tui.widgets.confirm import Confirm

if TYPE_CHECKING:
    from kitcn_repl.explore.deployments.creating import Creator, Wishes

_TYPES = {
    "dev: for one person's work": "dev",
    "preview: for a branch, for some days": "preview",
    "prod: for users": "prod",
}
_TEAMS = ""
"""The region that the team's default is."""


class Create(ModalScreen[TargetFlags]):
    """Asks Convex in which project and where the new deployment can be; closes with the flags that open it."""

    DEFAULT_CSS = """
    Create { align: center middle; background: $background 60%; }
    Create #create {
        width: 76; max-width: 94%; height: auto; max-height: 94%; padding: 1 2; background: $surface;
        border: round $border-blurred; border-title-color: $text-primary; border-title-style: bold;
        border-subtitle-color: $text-muted; overflow-y: auto;
    }
    Create .row { height: auto; margin-bottom: 1; }
    Create .label { width: 12; color: $text-muted; }
    Create Select { width: 1fr; }
    Create #reference { width: 1fr; height: 1; background: $panel; padding: 0 1; border: none; }
    Create #reference:focus { background: $primary 15%; }
    Create #problem { height: auto; color: $text-error; }
    Create #place { margin-bottom: 1; color: $text-muted; height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("ctrl+s,f9", "create", show=False, priority=True),
    ]

    def __init__(self, surroundings: Surroundings) -> None:
        super().__init__()
        self._surroundings = surroundings
        self._creator: Creator | None = None
        self._is_creating = False

    def compose(self) -> ComposeResult:
        with Vertical(id="create"):
            yield Static("asking Convex …", id="place", markup=False)
            with Horizontal(classes="row"):
                yield Static("type", classes="label")
                yield Select(list(_TYPES.items()), value="dev", allow_blank=False, compact=True, id="type")
            with Horizontal(classes="row"):
                yield Static("reference", classes="label")
                yield Input(placeholder="such as dev/my-feature or staging", compact=True, id="reference")
            with Horizontal(classes="row"):
                yield Static("region", classes="label")
                choice = Select([("the team's default", _TEAMS)], value=_TEAMS, allow_blank=False, compact=True)
                choice.id = "region"
                yield choice
            yield Static("", id="problem", markup=False)

    def on_mount(self) -> None:
        panel = self.query_one("#create")
        panel.border_title = "New deployment"
        panel.border_subtitle = "tab next  enter or ctrl+s goes on  esc closes"
        self.query_one("#reference").focus()
        self.run_worker(self._prepare(), group="prepare", exclusive=True)

    async def _prepare(self) -> None:
        from kitcn_repl.explore.deployments.creating import open_creator

        try:
            creator = await open_creator(None, self._surroundings.variables, self._surroundings.cwd)
        except KitcnError as error:
            self.query_one("#place", Static).update("Nothing can be created from here.")
            self._complain(error)
            return
        self._creator = creator
        place = visible(f"{creator.place.team}:{creator.place.project}")
        self.query_one("#place", Static).update(Content(f"in {place}"))
        try:
            default, regions = await creator.default_region(), await creator.regions()
        except KitcnError as error:
            self._complain(error)
            return
        choices = [(visible(shown), name) for name, shown in regions.items()]
        select = self.query_one("#region", Select)
        if default is not None:
            shown = regions.get(default, default)
            choices.insert(0, (f"{visible(shown)} (the team's default)", _TEAMS))
        if choices:
            select.set_options(choices)
            select.value = choices[0][1]

    def _complain(self, error: KitcnError) -> None:
        text = visible_lines("\n".join(part for part in (error.message, error.hint) if part))
        self.query_one("#problem", Static).update(Content(text))

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self.action_create()

    def action_create(self) -> None:
        """Check, have it confirmed, and only then ask for it."""
        from kitcn_repl.explore.deployments.creating import Wishes
        from kitcn_repl.explore.deployments.references import reference_problem

        creator = self._creator
        if creator is None or self._is_creating:
            return
        reference = self.query_one("#reference", Input).value.strip()
        problem = reference_problem(reference) if reference else "It needs a reference: what it is called here."
        self.query_one("#problem", Static).update(Content(visible(problem or "")))
        if problem is not None:
            self.query_one("#reference").focus()
            return
        kind = str(self.query_one("#type", Select).value)
        region = str(self.query_one("#region", Select).value) or None
        place = f"{creator.place.team}:{creator.place.project}"
        lines = [f"This makes the {kind} deployment {reference} in {place}."]
        if region is not None:
            lines.append(f"It will run in {region}.")
        wishes = Wishes(kind, reference, region)

        def confirmed(yes: bool | None) -> None:
            if yes:
                self._is_creating = True
                self.run_worker(self._create(creator, wishes), group="create", exclusive=True)

        word = place if kind == "prod" else None
        self.app.push_screen(Confirm("Make a new deployment?", lines, word=word), confirmed)

    async def _create(self, creator: Creator, wishes: Wishes) -> None:
        self.query_one("#place", Static).update("making it …")
        try:
            created = await creator.create(wishes)
        except KitcnError as error:
            self._complain(error)
            return
        finally:
            self._is_creating = False
        self.notify(f"{created.reference} · {created.name} was made.", markup=False)
        self.dismiss(TargetFlags(deployment=created.name))

    def action_leave(self) -> None:
        if not self._is_creating:
            self.dismiss(None)

    async def on_unmount(self) -> None:
        if self._creator is not None:
            await self._creator.__aexit__(None, None, None)
