"""A value as a line of a `.env` file takes it, quoted as the genuine CLI quotes."""

from __future__ import annotations

_COMMENT = (
    "includes a '#' which may be interpreted as a comment if you save this value to a .env file, resulting in only"
    " reading a partial value."
)
_NO_QUOTES_LEFT = (
    'includes single quotes, newlines and "\\n" in the value. If you save this value to a .env file, it may not'
    " round-trip."
)
_CARRIAGE_RETURN = "includes carriage return (\\r) which cannot be preserved in .env files (dotenv limitation)"


def dotfile_value(value: str) -> tuple[str, str | None]:
    """The text after `NAME=`, and a warning where reading the file back may not give the same value."""
    if "\n" in value:
        formatted, warning = _several_lines(value)
    elif _needs_quotes(value):
        formatted, warning = _quoted(value)
    else:
        formatted, warning = value, None
    if "\r" in value:
        warning = f"{warning} It also {_CARRIAGE_RETURN}" if warning else _CARRIAGE_RETURN
    return formatted, warning


def _several_lines(value: str) -> tuple[str, str | None]:
    if "'" not in value:
        return f"'{value}'", None
    if "\\n" in value:
        return f"'{value}'", _NO_QUOTES_LEFT
    escaped = value.replace("\n", "\\n")
    return f'"{escaped}"', _COMMENT if '"' in value and "#" in value else None


def _needs_quotes(value: str) -> bool:
    return (
        (value.startswith('"') and value.endswith('"'))
        or (value.startswith("'") and value.endswith("'"))
        or value.startswith("`")
        or value.endswith("`")
        or any(char in value for char in "\f\v#")
    )


def _quoted(value: str) -> tuple[str, str | None]:
    if "'" in value and '"' not in value and "\\n" not in value:
        return f'"{value}"', None
    return f"'{value}'", _COMMENT if "'" in value and "#" in value else None
