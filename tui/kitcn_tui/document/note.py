"""What is to be said of the value under the cursor, more than its line has room for."""

from __future__ import annotations

from collections.abc import Iterator

from kitcn_repl.render.quantity import byte_size, counted
from kitcn_repl.render.text import visible
from kitcn_repl.schema.model import Field
from kitcn_repl.schema.validators import describe
from kitcn_repl.values.javascript import number_text
from kitcn_repl.values.kinds import kind_of
from kitcn_repl.values.size import value_size
from kitcn_tui.document.nodes import Node
from kitcn_tui.document.values import is_container

_LONGEST = 120


def note(node: Node) -> str:
    """Its path, what the schema says of it, what is stored, and how large it is."""
    return "  ·  ".join(_parts(node))


def _parts(node: Node) -> Iterator[str]:
    yield visible(node.path[:_LONGEST])
    if node.field is not None:
        yield from _column(node.field)
    if node.is_masked:
        yield "a credential: x shows it"
        return
    value = node.stored
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield f"number {number_text(value)}"
    elif isinstance(value, str):
        if node.link is not None:
            yield "id"
        yield counted(len(value), "character")
    else:
        yield kind_of(value)
    if id(value) in node.light.sizes:
        yield byte_size(node.light.sizes[id(value)])
    elif not is_container(value):
        yield byte_size(value_size(value))


def _column(field: Field) -> Iterator[str]:
    if field.kind is not None:
        yield " ".join(filter(None, (field.kind, field.mode)))
    text = visible(describe(field.validator))
    yield (text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…") + (", optional" if field.optional else "")
    if field.unique:
        yield "unique"
    if field.default is not None:
        yield f"default {visible(field.default)}"
    if field.on_update:
        yield "set on update"
    if field.references is not None:
        yield f"refers to {visible(field.references)}"
    if field.place is not None:
        yield str(field.place)
