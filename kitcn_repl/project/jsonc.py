"""JSON files as people write them: with comments, trailing commas and byte order marks."""

from __future__ import annotations

import json
import re

from kitcn_repl.values import JsonValue

_TOKENS = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?(?:\*/|\Z)|,(?=\s*[}\]])', re.DOTALL)
_COMMENTS = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)


class JsonTextError(ValueError):
    """The text is no JSON. `line` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def parse_jsonc(text: str) -> JsonValue:
    """The value of a JSON text with `//` and `/* */` comments and trailing commas. Raises JsonTextError."""
    text = text.removeprefix("\ufeff")
    plain = _TOKENS.sub(_blanked, _COMMENTS.sub(_blanked, text))
    return parse_json(plain)


def parse_json(text: str) -> JsonValue:
    """The value of a JSON text, a byte order mark allowed. Raises JsonTextError."""
    try:
        value: JsonValue = json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        raise JsonTextError(error.msg, error.lineno) from None
    except RecursionError:
        raise JsonTextError("too deeply nested", 1) from None
    except ValueError as error:
        raise JsonTextError(str(error), 1) from None
    return value


def line_of_key(text: str, *keys: str) -> int:
    """The line on which the key at this path stands, counted from 1; the nearest known one where it is not found."""
    at = 0
    for key in keys:
        match = re.compile(rf"{re.escape(json.dumps(key))}\s*:").search(text, at)
        if match is None:
            break
        at = match.start()
    return text.count("\n", 0, at) + 1


def _blanked(match: re.Match[str]) -> str:
    """Lines stay what they are, so that an error names the user's own line."""
    found = match.group()
    return found if found.startswith('"') else re.sub(r"[^\n]", " ", found)
