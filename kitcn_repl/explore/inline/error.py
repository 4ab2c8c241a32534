"""The error of an inline query that failed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kitcn_repl.deployment.errors import QueryFailedError
from kitcn_repl.values import JsonValue


class Place(NamedTuple):
    """A place in the user's text: line and column from 1, the column in UTF-16 units as JavaScript counts."""

    line: int
    column: int
    source_line: str


class InlineQueryError(QueryFailedError):
    """An inline query failed. `message` is what the server said without its wrapping, `server_text` all that it said.

    `line`, `column` and `source_line` point into the user's text where that is known. `code` is set when the server
    refused the module before running it (`InvalidModules`, ...).
    """

    def __init__(
        self,
        message: str,
        *,
        server_text: str,
        place: Place | None = None,
        code: str | None = None,
        data: JsonValue = None,
        has_data: bool = False,
        log_lines: Sequence[str] = (),
        hint: str | None = None,
    ) -> None:
        super().__init__(message, data=data, has_data=has_data, log_lines=log_lines, hint=hint)
        self.server_text = server_text
        self.code = code
        self.line = place.line if place else None
        self.column = place.column if place else None
        self.source_line = place.source_line if place else None
