"""A server's failure told in the user's terms: the message alone, and the place in the user's own text."""

from __future__ import annotations

import re

from kitcn_repl.deployment.errors import QueryFailedError, RequestRejectedError
from kitcn_repl.explore.inline.compile import CompiledQuery
from kitcn_repl.explore.inline.error import InlineQueryError, Place
from kitcn_repl.explore.inline.mistakes import mistake, named_place
from kitcn_repl.explore.inline.source_map import SOURCE_NAME, split_lines, utf16_length

_REQUEST = re.compile(r"\[Request ID: [^\]]*\] Server Error\n?")
_ANALYSIS = re.compile(r"Could not analyze the given module:\s*(?:Failed to analyze testQuery\.js:\s*)?")
_FRAME = re.compile(r"\n\s+at [^\n]*")
_UNCAUGHT = re.compile(r"Uncaught (?:Error: (?=\S))?")
_POSITION = re.compile(rf"(?:\b(?P<module>testQuery\.js)|(?<![\w./]){SOURCE_NAME}):(?P<line>\d+)(?::(?P<column>\d+))?")
_PLACE_IN_MESSAGE = re.compile(rf"\s*\(?(?:at )?\S*(?:testQuery\.js|(?<![\w./]){SOURCE_NAME}):\d+(?::\d+)?\)?:?")


def failure(error: QueryFailedError | RequestRejectedError, query: CompiledQuery) -> InlineQueryError:
    """The error to raise; its hint, if any, is about syntax."""
    text = error.message
    code = error.code if isinstance(error, RequestRejectedError) else None
    ran = error if isinstance(error, QueryFailedError) else None
    message = clean(text)
    place = _place(text, query)
    hint = None
    named = named_place(message, query.text)
    if named is not None:
        place = _at_character(query.text, named)
    elif place is None and "SyntaxError" in text:
        found = mistake(query.text)
        if found is not None:
            offset, hint = found
            place = _at_character(query.text, offset)
    return InlineQueryError(
        message,
        server_text=text,
        place=place,
        code=code,
        data=ran.data if ran else None,
        has_data=ran.has_data if ran else False,
        log_lines=ran.log_lines if ran else (),
        hint=hint,
    )


def clean(text: str) -> str:
    """The message alone: no request id, no frames, no "Uncaught Error:"."""
    message = _ANALYSIS.sub("", _REQUEST.sub("", text, count=1), count=1)
    message = _FRAME.sub("", "\n" + message)
    message = _UNCAUGHT.sub("", message.strip(), count=1)
    if "SyntaxError" in message:
        message = _PLACE_IN_MESSAGE.sub("", message)
    return message.strip() or text.strip()


def _place(text: str, query: CompiledQuery) -> Place | None:
    """The first frame that lies in the user's text."""
    for match in _POSITION.finditer(text):
        line, column = int(match["line"]), int(match["column"] or 1)
        position = query.position(line, column) if match["module"] else (line, column)
        if position is not None:
            place = _at(query.text, *position)
            if place is not None:
                return place
    return None


def _at(text: str, line: int, column: int) -> Place | None:
    lines = split_lines(text)
    return Place(line, max(column, 1), lines[line - 1]) if 1 <= line <= len(lines) else None


def _at_character(text: str, offset: int) -> Place | None:
    lines = split_lines(text[:offset])
    return _at(text, len(lines), utf16_length(lines[-1]) + 1)
