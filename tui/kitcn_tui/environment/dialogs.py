"""The changes of variables, and what each of them asks for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.environment.places import Variables
from kitcn_repl.explore.environment.plan import Plan
from kitcn_repl.render.quantity import counted
from kitcn_tui.environment.change_dialog import ChangeDialog, Opener
from kitcn_tui.environment.values import size_of
from kitcn_tui.widgets.painted import MUTED


class SecretInput(Input):
    """Shows dots, and takes values of several lines when they are pasted."""

    def __init__(self, value: str = "", *, placeholder: str = "") -> None:
        super().__init__(value, password=True, placeholder=placeholder, id="change-value")

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        start, end = self.selection
        self.replace(event.text, min(start, end), max(start, end))


class SetDialog(ChangeDialog):
    """A new value; `name` None asks for the name too."""

    def __init__(self, opener: Opener, where: str, name: str | None, *, is_prod: bool) -> None:
        super().__init__(opener, where, is_prod=is_prod)
        self._variable = name

    @property
    def question(self) -> str:
        return f"{'New variable' if self._variable is None else f'New value of {self._variable}'} · {self._where}"

    def fields(self) -> ComposeResult:
        if self._variable is None:
            yield Input(placeholder="NAME", id="change-name", classes="-asked")
        value = SecretInput(placeholder="value; several lines can be pasted")
        value.add_class("-asked")
        yield value

    def typed(self) -> str:
        return self.query_one("#change-value", Input).value

    def _asked(self) -> Mapping[str, str]:
        name = self._variable
        if name is None:
            name = self.query_one("#change-name", Input).value.strip()
        return {name: self.typed()}

    async def plan(self, place: Variables) -> Plan:
        from kitcn_repl.explore.environment.changing import plan_set

        return await plan_set(place, self._asked())

    def problem_so_far(self) -> KitcnError | None:
        from kitcn_repl.explore.environment.plan import plan_setting
        from kitcn_repl.explore.environment.rules import check_plan

        if self._variable is None and not self.query_one("#change-name", Input).value:
            return None
        try:
            check_plan(plan_setting(None, self._asked()), is_deployment=False)
        except KitcnError as error:
            return error
        return None

    def _tell(self, problem: KitcnError | None = None) -> None:
        super()._tell(problem)
        value = self.query_one("#change-value", Input).value
        if self._step == "asking" and value:
            hint = self.query_one("#change-hint", Static)
            hint.update(Content.styled(f"{size_of(value)} · enter goes on · f2 shows it · escape cancels", MUTED))


class RemoveDialog(ChangeDialog):
    def __init__(self, opener: Opener, where: str, name: str, *, is_prod: bool) -> None:
        super().__init__(opener, where, is_prod=is_prod)
        self._variable = name

    @property
    def question(self) -> str:
        return f"Remove {self._variable} · {self._where}"

    async def plan(self, place: Variables) -> Plan:
        from kitcn_repl.explore.environment.changing import plan_remove

        return await plan_remove(place, [self._variable])


class FileDialog(ChangeDialog):
    """All variables of a dotenv file; what has another value already shows as changed."""

    def __init__(self, opener: Opener, where: str, folder: Path, *, is_prod: bool) -> None:
        super().__init__(opener, where, is_prod=is_prod)
        self._folder = folder

    @property
    def question(self) -> str:
        return f"Set the variables of a .env file · {self._where}"

    def fields(self) -> ComposeResult:
        yield Input(placeholder=".env.convex", id="change-file", classes="-asked")

    async def plan(self, place: Variables) -> Plan:
        from kitcn_repl.explore.environment.changing import plan_set
        from kitcn_repl.explore.environment.dotenv import read_dotenv_text

        given = self.query_one("#change-file", Input).value.strip() or ".env.convex"
        found = read_dotenv_text(self._read(given))
        if not found.variables:
            left_out = f" but {counted(len(found.left_out), 'variable')} of the CLI's own" if found.left_out else ""
            raise KitcnError(f"There are no variables in {given}{left_out}.")
        return await plan_set(place, found.variables)

    def _read(self, given: str) -> str:
        from kitcn_repl.explore.environment.sides import read_text_file

        return read_text_file(self._folder / Path(given).expanduser(), given)
