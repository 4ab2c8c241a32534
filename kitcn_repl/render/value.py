"""An encoded Convex value as a person reads it: laid out to the width of the terminal, coloured, safe to show."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from kitcn_repl.render.secrets import MASK, is_credential
from kitcn_repl.render.style import Style
from kitcn_repl.render.text import visible
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.forms import base64_of, bytes_of, float_of, integer_of
from kitcn_repl.values.javascript import number_text

_IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*\Z")
_INDENT = "  "


class ValueView:
    """Renders values; remembers in `masked` how many credentials it hid."""

    def __init__(
        self,
        style: Style,
        width: int,
        *,
        show_secrets: bool = False,
        table: str | None = None,
        dates: Mapping[str, str] | None = None,
    ) -> None:
        """`dates` are texts to show for fields of the outermost value in place of what is stored."""
        self.masked = 0
        self._dates = dates or {}
        self._style = style
        self._width = width
        self._show_secrets = show_secrets
        self._table = table

    def render(self, value: JsonValue) -> str:
        """Lines without a final newline."""
        return "\n".join(self._lines(value, "", 0, self._table, self._dates))

    def _lines(
        self,
        value: JsonValue,
        prefix: str,
        used: int,
        table: str | None = None,
        dates: Mapping[str, str] = MappingProxyType({}),
    ) -> Iterator[str]:
        """Lines of `value`; the first line carries on after a prefix and `used` columns are already taken."""
        opening, closing, items = self._container(value, table)
        if not items:
            yield self._scalar(value) if opening is None else opening + (closing or "")
            return
        one_line = None if dates else self._one_line(value, self._width - used - len(prefix), table)
        if one_line is not None:
            yield one_line
            return
        inner = prefix + _INDENT
        yield opening or ""
        for label, item, hidden in items:
            head = f"{inner}{self._style.blue(label)}: " if label else inner
            if hidden:
                self.masked += 1
                yield f"{head}{self._style.dim(MASK)},"
                continue
            if label in dates:
                yield f"{head}{self._style.magenta(dates[label])},"
                continue
            lines = list(self._lines(item, inner, len(label) + 3))
            lines[0] = head + lines[0]
            lines[-1] += ","
            yield from lines
        yield f"{prefix}{closing}"

    def _container(
        self, value: JsonValue, table: str | None
    ) -> tuple[str | None, str | None, list[tuple[str, JsonValue, bool]]]:
        if isinstance(value, list):
            # A result is often a list of documents of the one table that was asked for.
            return "[", "]", [("", item, False) for item in value]
        if isinstance(value, dict) and special(value) is None:
            return (
                "{",
                "}",
                [
                    (_key(name), item, not self._show_secrets and is_credential(value, name, table))
                    for name, item in value.items()
                ],
            )
        return None, None, []

    def _one_line(self, value: JsonValue, room: int, table: str | None) -> str | None:
        """The value on one line if it fits in `room` columns; gives up as soon as it does not."""
        flat = Style(enabled=False)
        masked_before = self.masked
        length = 0
        for piece in self._pieces(value, flat, table):
            length += len(piece)
            if length > room:
                self.masked = masked_before
                return None
        self.masked = masked_before
        return "".join(self._pieces(value, self._style, table))

    def _pieces(self, value: JsonValue, style: Style, table: str | None) -> Iterator[str]:
        opening, closing, items = self._container(value, table)
        if opening is None:
            yield self._scalar(value, style)
            return
        if not items:
            yield f"{opening}{closing}"
            return
        space = " " if opening == "{" else ""
        yield opening + space
        for position, (label, item, hidden) in enumerate(items):
            if position:
                yield ", "
            if label:
                yield f"{style.blue(label)}: "
            if hidden:
                self.masked += 1
                yield style.dim(MASK)
            else:
                yield from self._pieces(item, style, None)
        yield f"{space}{closing}"

    def _scalar(self, value: JsonValue, style: Style | None = None) -> str:
        style = style or self._style
        if value is None:
            return style.dim("null")
        if isinstance(value, bool):
            return style.magenta("true" if value else "false")
        if isinstance(value, str):
            return style.green(quoted(value))
        if isinstance(value, int | float):
            return style.yellow(number_text(value))
        return style.yellow(special(value) or "")


def _key(name: str) -> str:
    return name if _IDENTIFIER.match(name) else quoted(name)


def quoted(text: str) -> str:
    """A JavaScript string literal, safe to show."""
    return visible(json.dumps(text, ensure_ascii=False))


def special(value: JsonValue) -> str | None:
    """How an encoded int64, float or bytes value is written, or a date of kitcn's procedures (ISO 8601); None for
    everything else, malformed ones among it."""
    if not isinstance(value, dict):
        return None
    if "__crpc" in value:
        from kitcn_repl.explore.crpc_dates import date_in, iso_text

        time = date_in(value)
        return None if time is None else iso_text(time)
    if len(value) != 1:
        return None
    ((tag, inner),) = value.items()
    try:
        return _written(tag, inner)
    except ValueError:
        return None


def _written(tag: str, inner: JsonValue) -> str | None:
    if tag == "$integer":
        return f"{integer_of(inner)}n"
    if tag == "$bytes":
        return f'Bytes("{base64_of(bytes_of(inner))}")'
    if tag == "$float":
        number = float_of(inner)
        return "-0" if number == 0 else number_text(number)
    return None


def as_object(value: JsonValue) -> JsonObject | None:
    """`value` if it is an object of fields, and not the encoding of an int64, a float or bytes."""
    return value if isinstance(value, dict) and special(value) is None else None
