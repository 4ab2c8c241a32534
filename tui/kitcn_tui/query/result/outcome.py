"""How a run of a query ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.inline.run import InlineResult
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.ids import is_id
from kitcn_tui.results.shown import Form


@dataclass(frozen=True, slots=True)
class Asked:
    """What is sent: `text` has the lines and columns of the editor, blank where something is left out.

    `written` is what the user would call the query: it goes into the history.
    """

    text: str
    written: str
    part: Literal["all", "selection", "statement"] = "all"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Exactly one of `result` and `error` is set, none for what was cancelled. `elapsed` is in seconds."""

    asked: Asked
    elapsed: float
    result: InlineResult | None = None
    error: KitcnError | None = None

    @property
    def log_lines(self) -> tuple[str, ...]:
        if self.result is not None:
            return self.result.log_lines
        return tuple(getattr(self.error, "log_lines", ()))

    @property
    def value(self) -> JsonValue:
        return None if self.result is None else self.result.value

    @property
    def rows(self) -> list[JsonObject] | None:
        """The objects of a list, for the grid; items that are none become a field `value`. None for all else."""
        value = self.value
        if isinstance(value, dict) and isinstance(value.get("page"), list) and "continueCursor" in value:
            value = value["page"]
        if not isinstance(value, list):
            return None
        if value and not any(_is_object(item) for item in value):
            return None
        return [item if isinstance(item, dict) and _is_object(item) else {"value": item} for item in value]

    @property
    def forms(self) -> tuple[Form, ...]:
        """Those that it can be shown in."""
        if self.result is None:
            return ("error", "logs") if self.log_lines else ("error",)
        return ("tree", "json", "logs") if self.rows is None else ("grid", "tree", "json", "logs")

    @property
    def natural_form(self) -> Form:
        """The form that suits it best."""
        if self.result is None:
            return "error"
        if self.rows:
            return "grid"
        value = self.value
        return "tree" if isinstance(value, list | dict) and _is_object(value) and value else "json"

    @property
    def summary(self) -> str:
        """What came back, in a word or two."""
        from kitcn_repl.render.quantity import counted

        value = self.value
        if isinstance(value, list):
            return counted(len(value), _noun(value))
        if value is None:
            return "null"
        if isinstance(value, dict) and _is_object(value):
            return "document" if is_id(str(value.get("_id"))) else counted(len(value), "field")
        return ""


def _noun(items: list[JsonValue]) -> str:
    are_documents = bool(items) and all(isinstance(item, dict) and "_id" in item for item in items)
    return "document" if are_documents else "item"


def _is_object(value: JsonValue) -> bool:
    if isinstance(value, dict):
        from kitcn_repl.render.value import special

        return special(value) is None
    return isinstance(value, list)
