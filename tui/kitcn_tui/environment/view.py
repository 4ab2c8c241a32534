"""The Environment tab: variables of the deployment beside the defaults, and any two environments compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import ContentSwitcher, Static

from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.environment.overview import Column, Environments, Overview
from kitcn_repl.explore.environment.places import DeploymentVariables
from kitcn_repl.explore.environment.sides import Reader
from kitcn_repl.render.secrets import MASK
from kitcn_repl.render.text import visible, visible_lines
from kitcn_tui.actions import bindings
from kitcn_tui.environment.actions import ACTIONS
from kitcn_tui.environment.change_dialog import ChangeDialog
from kitcn_tui.environment.comparison import Comparison
from kitcn_tui.environment.dialogs import FileDialog, RemoveDialog, SetDialog
from kitcn_tui.environment.matrix import Matrix, MatrixHeader
from kitcn_tui.environment.picker import SidePicker
from kitcn_tui.environment.values import Revealed, size_of
from kitcn_tui.places import EnvironmentPlace, Place
from kitcn_tui.views.view import View
from kitcn_tui.widgets.failure import Failure
from kitcn_tui.widgets.line_list import LineList
from kitcn_tui.widgets.painted import MUTED

if TYPE_CHECKING:
    from kitcn_repl.explore.workspace import Workspace


_OF_VALUES: Final = ("edit", "add", "remove", "from_file", "copy_value")
_OF_COMPARISON: Final = ("choose_a", "choose_b", "swap", "all", "back")


class EnvironmentView(View):
    """No value leaves it unasked: what is revealed is masked again when the tab is left."""

    TAB = EnvironmentPlace.tab
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(ACTIONS)]
    DEFAULT_CSS = """
    EnvironmentView {
        & ContentSwitcher { height: 1fr; }
        & #env-state { height: auto; max-height: 5; padding: 0 1; }
        & #env-values { height: 1fr; }
        & #env-one {
            height: auto; max-height: 40%; min-height: 4; background: $surface; padding: 0 1;
            border-top: solid $border-blurred; scrollbar-size-vertical: 1;
            & Static { height: auto; }
        }
    }
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._around = Environments(workspace.target, workspace.deployment, workspace.selection)
        self._overview: Overview | None = None
        self._is_reading = False
        self._was_left = False
        """Whether the tab was left before there was an answer."""
        self._revealed = Revealed()

    def compose(self) -> ComposeResult:
        where = self.workspace.surroundings
        own = DeploymentVariables(self.workspace.deployment, self.workspace.target)
        reader = Reader(self.workspace.flags, where.variables, where.cwd, lambda: "", own)
        with ContentSwitcher(initial="env-values"):
            with Vertical(id="env-values"):
                yield Static(id="env-state", markup=False)
                yield MatrixHeader()
                yield Matrix(self._revealed)
                with VerticalScroll(id="env-one", can_focus=False):
                    yield Static(markup=False)
            yield Comparison(reader)

    def on_mount(self) -> None:
        self._read()

    def take_focus(self) -> None:
        self._list.focus(scroll_visible=False)

    def here(self) -> Place:
        return EnvironmentPlace()

    def leave(self) -> None:
        """Nobody looks: mask everything, and ask for nothing."""
        self._revealed.clear()
        self._was_left, self._is_reading = self._is_reading, False
        self.workers.cancel_group(self, "read")
        self.query_one(Comparison).leave()
        self._show()

    def on_show(self) -> None:
        if self._was_left:
            self._read()

    def action_reload(self) -> None:
        if self._is_comparing:
            self.query_one(Comparison).read()
        else:
            self._read()

    @on(Failure.Retry)
    def _on_retry(self) -> None:
        self._read()

    @property
    def _is_comparing(self) -> bool:
        return any(switcher.current == "env-compare" for switcher in self.query(ContentSwitcher))

    @property
    def _list(self) -> LineList:
        return self.query_one(Comparison).query_one(LineList) if self._is_comparing else self.query_one(Matrix)

    def _read(self) -> None:
        self.run_worker(self._look(), group="read", exclusive=True)

    async def _look(self) -> None:
        self._is_reading, self._was_left = True, False
        self._tell()
        found = await self._around.read()
        self._is_reading = False
        self._overview = found if self._overview is None else found.after(self._overview)
        self._show()

    # Showing.

    def _show(self) -> None:
        overview, matrix = self._overview, self.query_one(Matrix)
        self._tell()
        if overview is None:
            matrix.nothing = "Reading the variables …"
            return
        own = overview.columns[0]
        is_hopeless = own.values is None and len(overview.columns) == 1
        for widget in (matrix, self.query_one(MatrixHeader), self.query_one("#env-one")):
            widget.display = not is_hopeless
        self._show_failure(own.problem)
        if is_hopeless:
            return
        matrix.nothing = "No variables are set here.\n\n" + ("" if overview.readonly else "n sets one")
        matrix.show(overview)
        self.query_one(MatrixHeader).show(matrix)
        self._show_one()

    def _show_failure(self, problem: KitcnError | None) -> None:
        """Beneath what was read before, or instead of it."""
        told = [one for one in self.query("#env-values > Failure") if getattr(one, "error", None) is problem]
        if not told:
            self.query("#env-values > Failure").remove()
            if problem is not None:
                self.query_one("#env-values").mount(Failure(problem))

    def _tell(self) -> None:
        overview = self._overview
        lines: list[Content] = []
        if overview is None:
            lines.append(Content.styled("reading …", MUTED))
        else:
            own = overview.columns[0]
            number = len(own.values or ())
            told = f"{number} variable{'' if number == 1 else 's'}"
            right = Content.styled("reading again …" if self._is_reading else told, MUTED)
            left = Content.styled(visible(own.title), "bold $text-error" if own.is_prod else "bold")
            gap = max(2, self.size.width - 2 - left.cell_length - right.cell_length)
            lines.append(Content.assemble(left, " " * gap, right))
            if own.problem is not None and own.values is not None:
                lines.append(Content.styled("✗ These are the values of before.", "$text-error"))
            if overview.readonly is not None:
                lines.append(_note(overview.readonly))
            if overview.defaults_problem is not None:
                lines.append(_note(overview.defaults_problem, "No defaults are shown: "))
        self.query_one("#env-state", Static).update(Content("\n").join(lines))

    def _show_one(self) -> None:
        matrix = self.query_one(Matrix)
        column, name = matrix.current_column, matrix.current_name
        pane = self.query_one("#env-one")
        pane.display = column is not None and name is not None
        if column is None or name is None:
            return
        value = None if column.values is None else column.values.get(name)
        shown = pane.query_one(Static)
        title: list[str | tuple[str, str]] = [(visible(name), "bold"), ("  " + visible(column.title), MUTED)]
        if value is None:
            told = "not known" if column.values is None else "not set here"
            shown.update(Content("\n").join([Content.assemble(*title), Content.styled(told, MUTED)]))
            return
        title.append((f"  {size_of(value)}", MUTED))
        is_shown = (column.key, name) in self._revealed
        text = visible_lines(value) or "(empty)" if is_shown else MASK if value else "(empty)"
        shown.update(Content("\n").join([Content.assemble(*title), Content(text)]))

    @on(LineList.Moved)
    @on(Matrix.Entered)
    def _on_moved(self) -> None:
        if not self._is_comparing:
            self.query_one(MatrixHeader).show(self.query_one(Matrix))
            self._show_one()

    @on(LineList.Chosen)
    def _on_chosen(self, event: LineList.Chosen) -> None:
        if isinstance(event.lines, Matrix):
            self.action_edit()
        else:
            self.action_reveal()

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self._show)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What only values can do, or only a comparison, is there only then."""
        if action in _OF_VALUES:
            return not self._is_comparing
        if action in _OF_COMPARISON:
            return self._is_comparing
        return True

    # What one can do with values.

    def action_reveal(self) -> None:
        if self._is_comparing:
            self.query_one(Comparison).reveal()
            return
        matrix = self.query_one(Matrix)
        column, name = matrix.current_column, matrix.current_name
        if column is not None and name is not None:
            self._revealed.toggle((column.key, name))
            matrix.refresh()
            self._show_one()

    def action_copy(self) -> None:
        name = self.query_one(Comparison).current_name if self._is_comparing else self.query_one(Matrix).current_name
        if name is not None:
            self.app.copy_to_clipboard(name)
            self.app.notify(f"Copied the name {visible(name)}.", markup=False)

    def action_copy_value(self) -> None:
        matrix = self.query_one(Matrix)
        column, name = matrix.current_column, matrix.current_name
        if self._is_comparing or column is None or name is None or column.values is None or name not in column.values:
            return
        self.app.copy_to_clipboard(column.values[name])
        self.app.notify(f"Copied the value of {visible(name)}.", markup=False)

    # Changing.

    def _changeable(self) -> Column | None:
        """The column under the cursor, if it can be changed; says why not."""
        column, overview = self.query_one(Matrix).current_column, self._overview
        if self._is_comparing or column is None or overview is None:
            return None
        if column.is_deployment and overview.readonly is not None:
            self._refuse(overview.readonly)
            return None
        return column

    def _refuse(self, error: KitcnError) -> None:
        self.app.notify(visible(" ".join(filter(None, (error.message, error.hint)))), severity="warning", markup=False)

    def _change(self, dialog: ChangeDialog) -> None:
        def closed(may_have_changed: bool | None) -> None:
            if may_have_changed:
                self._revealed.clear()
                self._read()

        self.app.push_screen(dialog, closed)

    def action_edit(self) -> None:
        column, name = self._changeable(), self.query_one(Matrix).current_name
        if column is not None and name is not None:
            self._change(SetDialog(lambda: self._around.place(column.key), column.title, name, is_prod=column.is_prod))

    def action_add(self) -> None:
        column = self._changeable()
        if column is not None:
            self._change(SetDialog(lambda: self._around.place(column.key), column.title, None, is_prod=column.is_prod))

    def action_remove(self) -> None:
        column, name = self._changeable(), self.query_one(Matrix).current_name
        if column is None or name is None:
            return
        if column.values is None or name not in column.values:
            self.app.notify(f"{visible(name)} is not set there.", markup=False)
            return
        self._change(RemoveDialog(lambda: self._around.place(column.key), column.title, name, is_prod=column.is_prod))

    def action_from_file(self) -> None:
        column = self._changeable()
        if column is not None:
            folder = self.workspace.surroundings.cwd
            opener = lambda: self._around.place(column.key)  # noqa: E731
            self._change(FileDialog(opener, column.title, folder, is_prod=column.is_prod))

    # Comparing.

    def action_compare(self) -> None:
        switcher, comparison = self.query_one(ContentSwitcher), self.query_one(Comparison)
        if self._is_comparing:
            self.action_back()
            return
        self._revealed.clear()
        switcher.current = "env-compare"
        self.refresh_bindings()
        self._list.focus()
        comparison.read()
        if not comparison.sides[1]:
            self.action_choose_b()

    def action_back(self) -> None:
        if self._is_comparing:
            self.query_one(Comparison).mask()
            self.query_one(ContentSwitcher).current = "env-values"
            self.refresh_bindings()
            self._list.focus()

    def action_choose_a(self) -> None:
        self._choose(0)

    def action_choose_b(self) -> None:
        self._choose(1)

    def _choose(self, at: int) -> None:
        if not self._is_comparing:
            return

        def chosen(text: str | None) -> None:
            if text:
                self.query_one(Comparison).choose(at, text)

        self.app.push_screen(SidePicker("AB"[at], self.workspace), chosen)

    def action_swap(self) -> None:
        if self._is_comparing:
            self.query_one(Comparison).swap()

    def action_all(self) -> None:
        if self._is_comparing:
            self.query_one(Comparison).toggle_all()


def _note(error: KitcnError, before: str = "") -> Content:
    return Content.styled(visible(before + " ".join(filter(None, (error.message, error.hint)))), "$text-warning")
