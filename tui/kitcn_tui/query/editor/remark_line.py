"""What is said of the query before it runs, in a line under the editor: that of the cursor's line, or the first."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from kitcn_repl.explore.inline.remarks import Remark
from kitcn_repl.render.text import visible

_LONGEST = 400


class RemarkLine(Static):
    """Not there if there is nothing to say."""

    DEFAULT_CSS = """
    RemarkLine { height: auto; max-height: 2; padding: 0 1; display: none; background: $surface; }
    RemarkLine.some { display: block; }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self._remarks: Sequence[tuple[int, Remark]] = ()

    @property
    def said(self) -> str:
        """What it says now."""
        return str(self.content) if self.has_class("some") else ""

    def show(self, remarks: Sequence[tuple[int, Remark]], line: int) -> None:
        """Remarks with their lines from 0, and the cursor's."""
        self._remarks = remarks
        self.look_at(line)

    def look_at(self, line: int) -> None:
        """The cursor is in this line now."""
        self.set_class(bool(self._remarks), "some")
        if not self._remarks:
            return
        place = next((place for place, (at, _) in enumerate(self._remarks) if at == line), 0)
        at, remark = self._remarks[place]
        mark, style = ("!", "$text-warning") if remark.kind == "mistake" else ("→", "$text-accent")
        more = f"  ({place + 1} of {len(self._remarks)})" if len(self._remarks) > 1 else ""
        self.update(
            Content.assemble(
                (f"{mark} line {at + 1}  ", f"{style} bold"),
                (visible(remark.message[:_LONGEST]), style),
                (more, "$foreground 50%"),
            )
        )
