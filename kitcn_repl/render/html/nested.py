"""An encoded value inside a page: short where it stands, its inside folded by `<details>`, and never endless."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from kitcn_repl.render.html.element import Html, element, join, lines
from kitcn_repl.render.quantity import byte_size, count, counted
from kitcn_repl.render.secrets import MASK, is_credential
from kitcn_repl.render.value import special
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.forms import bytes_of
from kitcn_repl.values.ids import IdError, decode_id
from kitcn_repl.values.javascript import number_text

_PREVIEW = 48
_LONG_PREVIEW = 40
_SHORT_TEXT = 72
_LONG_TEXT = 20_000
_ITEMS = 100
_DEEPEST = 20

_LOOKS_OTHERWISE = frozenset({"", "null", "undefined", "true", "false", "NaN", "Infinity", "-Infinity"})


class ValueWriter:
    """Writes values of one page. All of them together keep to `room` characters of long texts and about `nodes` values
    inside folded ones; what finds no place any more is shown short, and says so. `masked` counts hidden credentials."""

    def __init__(
        self,
        tables: Mapping[int, str],
        *,
        show_secrets: bool = False,
        room: int = 400_000,
        nodes: int = 4_000,
    ) -> None:
        self.masked = 0
        self._tables = tables
        self._show_secrets = show_secrets
        self._room = room
        self._nodes = nodes

    def field(self, document: JsonObject, name: str, table: str | None = None, depth: int = 0) -> Html:
        """A field's value, or what stands for a credential."""
        if not self._show_secrets and is_credential(document, name, table):
            self.masked += 1
            return element("span", MASK, css="kitcn-secret", title="a credential; show_secrets shows it")
        return self.value(document[name], depth)

    def value(self, value: JsonValue, depth: int = 0) -> Html:
        if value is None:
            return element("span", "null", css="kitcn-none")
        if isinstance(value, bool):
            return element("span", "true" if value else "false")
        if isinstance(value, int | float):
            return element("span", number_text(value), css="kitcn-number")
        if isinstance(value, str):
            return self._text(value, quoted=depth > 0)
        if isinstance(value, list):
            return self._folded(value, depth)
        written = special(value)
        if written is None:
            return self._folded(value, depth)
        if len(written) > _PREVIEW:
            return self._long(written, counted(len(bytes_of(value["$bytes"])), "byte") if "$bytes" in value else None)
        return element("span", written, css="kitcn-number")

    def _text(self, value: str, *, quoted: bool) -> Html:
        if 31 <= len(value) <= 37 and (table := self._table(value)) is not None:
            return element("span", value, css="kitcn-id", title=table)
        if len(value) > _SHORT_TEXT or "\n" in value:
            return self._long(value)
        # Without quotes, these would pass for other values.
        if value in _LOOKS_OTHERWISE or value != value.strip() or _is_numeric(value):
            quoted = True
        shown = f'"{value}"' if quoted else value
        return element("span", shown, css="kitcn-string kitcn-text" if quoted else "kitcn-text", dir="auto")

    def _table(self, value: str) -> str | None:
        try:
            number = decode_id(value).table_number
        except IdError:
            return None
        return self._tables.get(number, f"id of table {number}")

    def _long(self, value: str, measure: str | None = None) -> Html:
        first = value[:_SHORT_TEXT].split("\n", 1)[0][:_LONG_PREVIEW].rstrip()
        size = element("small", measure or _size(value), css="kitcn-muted")
        head = join(element("span", first + "…", css="kitcn-text", dir="auto"), " ", size)
        shown = min(len(value), _LONG_TEXT, self._room)
        if shown < min(len(value), _SHORT_TEXT):
            return element("span", head, title="too much on this page to show it whole")
        self._room -= shown
        body = element("div", lines(value[:shown]), css="kitcn-long", dir="auto")
        if shown < len(value):
            rest = f"… cut here: {count(len(value) - shown)} more of {count(len(value))} characters"
            body = join(body, element("div", rest, css="kitcn-muted"))
        return element("details", element("summary", head), body)

    def _folded(self, value: list[JsonValue] | JsonObject, depth: int) -> Html:
        preview = element("span", self._preview(value), css="kitcn-text")
        if not value:
            return preview
        if self._nodes <= 0 or depth >= _DEEPEST:
            return element("span", preview, title="too much on this page to unfold it")
        shown = min(len(value), _ITEMS)
        self._nodes -= shown
        inside = [self._item(label, item) for label, item in self._items(value, shown, depth)]
        if shown < len(value):
            inside.append(element("div", f"… and {count(len(value) - shown)} more", css="kitcn-muted"))
        return element("details", element("summary", preview), element("div", *inside, css="kitcn-items"))

    def _items(self, value: list[JsonValue] | JsonObject, shown: int, depth: int) -> Iterator[tuple[str, Html]]:
        if isinstance(value, list):
            for at, item in enumerate(islice(value, shown)):
                yield str(at), self.value(item, depth + 1)
        else:
            for name in islice(value, shown):
                yield name, self.field(value, name, depth=depth + 1)

    def _item(self, label: str, shown: Html) -> Html:
        return element("div", element("span", _cut(label, _SHORT_TEXT) + ": ", css="kitcn-key"), shown)

    def _preview(self, value: list[JsonValue] | JsonObject) -> str:
        if isinstance(value, list):
            head = f"[{count(len(value))}] " if len(value) > 3 else ""
            return head + _closed("[", (self._brief(item) for item in value), "]")
        return _closed("{", (self._brief_field(value, name) for name in value), "}")

    def _brief_field(self, value: JsonObject, name: str) -> str:
        hidden = not self._show_secrets and is_credential(value, name)
        return f"{_cut(name, 20)}: {MASK if hidden else self._brief(value[name])}"

    def _brief(self, value: JsonValue) -> str:
        if isinstance(value, str):
            return f'"{_cut(value, 24)}"'
        if isinstance(value, list):
            return "[…]" if value else "[]"
        if isinstance(value, dict):
            written = special(value)
            return _cut(written, 24) if written is not None else "{…}" if value else "{}"
        if isinstance(value, bool) or value is None:
            return {None: "null", True: "true", False: "false"}[value]
        return number_text(value)


def _closed(opening: str, pieces: Iterator[str], closing: str) -> str:
    """As many pieces as a preview has room for."""
    shown = ""
    for piece in pieces:
        if len(shown) + len(piece) > _PREVIEW:
            return f"{opening}{shown}…{closing}" if not shown else f"{opening}{shown}, …{closing}"
        shown += f", {piece}" if shown else piece
    return f"{opening}{shown}{closing}"


def _cut(value: str, length: int) -> str:
    return value if len(value) <= length else value[: length - 1] + "…"


def _size(value: str) -> str:
    length = len(value)
    return f"{count(length)} characters" if length < 10_000 else byte_size(len(value.encode("utf-8", "surrogatepass")))


def _is_numeric(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True
