"""What can be said of a query before it runs: where it is wrong, and what it would read for nothing.

Only what is certain is said: a name that the schema does not have, a write, a filter that an index serves as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from kitcn_repl.errors import UsageError
from kitcn_repl.explore.suggestions import nearest, no_such_table

if TYPE_CHECKING:
    from tree_sitter import Node

    from kitcn_repl.explore.inline.syntax import Syntax
    from kitcn_repl.schema.model import Schema, Table

_LONGEST = 50_000
"""Characters; of a longer text nothing is said."""
_MANY = 1_000
_MOST_READ = 32_000
_SYSTEM_TABLES = ("_storage", "_scheduled_functions")
_BUILT_IN_INDEXES = ("by_id", "by_creation_time")
_WRITE = re.compile(r"\bctx\s*\.\s*(?:db\s*\.\s*(?:insert|patch|replace|delete)|runMutation|runAction|scheduler)\b")
_RANGES = frozenset({"eq", "gt", "gte", "lt", "lte"})
_BOUNDED = frozenset({"take", "first", "unique", "paginate"})


@dataclass(frozen=True, slots=True)
class Remark:
    """It is about the code points `[start:end)`. A `mistake` will fail, `advice` is about what is read."""

    start: int
    end: int
    message: str
    kind: Literal["mistake", "advice"] = "mistake"


def remarks(text: str, schema: Schema | None = None) -> list[Remark]:
    """In the order of the text. Without the grammar, or without a schema, less is known."""
    if not text.strip() or len(text) > _LONGEST:
        return []
    try:
        from kitcn_repl.explore.inline.compile import compile_query
        from kitcn_repl.explore.inline.syntax import parse

        query = compile_query(text, measure=False)
        syntax = parse(text)
    except (ImportError, UsageError):
        return []
    if not query.is_valid:
        return _mistakes(text)
    found = [*_writes(text, syntax), *(_of_chains(syntax, schema) if schema is not None else ())]
    return sorted(found, key=lambda remark: remark.start)


def _mistakes(text: str) -> list[Remark]:
    from kitcn_repl.explore.inline.mistakes import mistake

    found = mistake(text)
    if found is None:
        return []
    at, said = found
    return [Remark(at, at + 1, said or "This is neither JavaScript nor TypeScript.")]


def _writes(text: str, syntax: Syntax) -> Iterator[Remark]:
    from kitcn_repl.explore.inline.hints import READONLY
    from kitcn_repl.explore.inline.syntax import walk

    for node in walk(syntax.root):
        if node.type == "member_expression" and _WRITE.fullmatch(syntax.text(node)):
            yield Remark(*_span(syntax, node), READONLY)


class _Call(NamedTuple):
    """`.name(arguments)`; `node` is the name."""

    name: str
    node: Node
    arguments: list[Node]


def _of_chains(syntax: Syntax, schema: Schema) -> Iterator[Remark]:
    from kitcn_repl.explore.inline.syntax import walk

    for node in walk(syntax.root):
        if node.type == "call_expression":
            call = _call(syntax, node)
            if call is not None and call.name == "query" and _is_db(syntax, node):
                yield from _of_chain(syntax, schema, call, list(_following(syntax, node)))


def _call(syntax: Syntax, node: Node) -> _Call | None:
    function = node.child_by_field_name("function")
    arguments = node.child_by_field_name("arguments")
    if function is None or function.type != "member_expression" or arguments is None:
        return None
    name = function.child_by_field_name("property")
    if name is None:
        return None
    return _Call(syntax.text(name), name, [one for one in arguments.named_children if one.type != "comment"])


def _is_db(syntax: Syntax, call: Node) -> bool:
    function = call.child_by_field_name("function")
    on = function.child_by_field_name("object") if function is not None else None
    return on is not None and re.sub(r"\s+", "", syntax.text(on)) in ("ctx.db", "db")


def _following(syntax: Syntax, node: Node) -> Iterator[_Call]:
    """The calls that are made on what a call gives, in their order."""
    while node.parent is not None and node.parent.type == "member_expression" and node.parent.parent is not None:
        node = node.parent.parent
        call = _call(syntax, node) if node.type == "call_expression" else None
        if call is None:
            return
        yield call


def _of_chain(syntax: Syntax, schema: Schema, query: _Call, calls: list[_Call]) -> Iterator[Remark]:
    named = _string(syntax, query.arguments)
    if named is None or named[0] in _SYSTEM_TABLES:
        return
    name, node = named
    table = schema.tables.get(name)
    if table is None:
        yield Remark(*_span(syntax, node), no_such_table(name, list(schema.tables)))
        return
    index = next((call for call in calls if call.name == "withIndex"), None)
    if index is not None:
        yield from _of_index(syntax, table, index)
    if any(call.name in ("withIndex", "withSearchIndex") and len(call.arguments) > 1 for call in calls):
        return
    filtered = next((call for call in calls if call.name == "filter"), None)
    serving = _serving(syntax, table, filtered) if filtered is not None and index is None else None
    if filtered is not None and serving is not None:
        yield Remark(*_span(syntax, filtered.node), serving, "advice")
        return
    ends = next((call for call in calls if call.name == "collect"), None)
    if ends is not None and not any(call.name in _BOUNDED for call in calls) and (table.count or 0) >= _MANY:
        yield Remark(*_span(syntax, ends.node), _read_all(table), "advice")


def _read_all(table: Table) -> str:
    count = table.count or 0
    said = f'This reads all {count:,} documents of "{table.name}"'
    if count > _MOST_READ:
        return f"{said}; one query may read {_MOST_READ:,}."
    return f"{said}: `.take(n)` or an index range reads fewer."


def _of_index(syntax: Syntax, table: Table, call: _Call) -> Iterator[Remark]:
    named = _string(syntax, call.arguments)
    if named is None or table.open_indexes or table.origins == ("data",):
        return
    name, node = named
    names = [index.name for index in table.indexes if index.kind == "database"]
    if name in names or name in _BUILT_IN_INDEXES:
        return
    near = nearest(name, [*names, *_BUILT_IN_INDEXES])
    said = f'Table "{table.name}" has no index "{name}"'
    yield Remark(*_span(syntax, node), f'{said}; did you mean "{near}"?' if near else f"{said}.")


def _serving(syntax: Syntax, table: Table, call: _Call) -> str | None:
    """What would do the same by way of an index, for a filter that is comparisons with values and nothing else."""
    compared = _compared(syntax, call)
    if not compared:
        return None
    for index in table.indexes:
        if index.kind == "database" and not index.staged and index.fields and index.fields[0] in compared:
            field = index.fields[0]
            range_ = f'(q) => q.{compared[field]}("{field}", …)'
            return f'`.filter` reads every document before it looks; `.withIndex("{index.name}", {range_})` does not.'
    return None


def _compared(syntax: Syntax, call: _Call) -> Mapping[str, str]:
    """Fields and how they are compared; empty if the filter is anything but comparisons that must all hold."""
    if len(call.arguments) != 1 or call.arguments[0].type != "arrow_function":
        return {}
    body = call.arguments[0].child_by_field_name("body")
    found: dict[str, str] = {}
    return found if body is not None and _add_compared(syntax, body, found) else {}


def _add_compared(syntax: Syntax, node: Node, found: dict[str, str]) -> bool:
    while node.type == "parenthesized_expression" and node.named_child_count == 1:
        node = node.named_children[0]
    call = _call(syntax, node) if node.type == "call_expression" else None
    if call is None:
        return False
    if call.name == "and":
        return all(_add_compared(syntax, argument, found) for argument in call.arguments)
    if call.name not in _RANGES or len(call.arguments) != 2:
        return False
    field, value = call.arguments
    named = _call(syntax, field) if field.type == "call_expression" else None
    if named is None or named.name != "field" or ".field(" in syntax.text(value):
        return False
    name = _string(syntax, named.arguments)
    if name is None:
        return False
    found.setdefault(name[0], call.name)
    return True


def _string(syntax: Syntax, arguments: list[Node]) -> tuple[str, Node] | None:
    """The first argument, if it is a plain string, and its node."""
    if not arguments or arguments[0].type not in ("string", "template_string"):
        return None
    text = syntax.text(arguments[0])[1:-1]
    return None if "\\" in text or "${" in text else (text, arguments[0])


def _span(syntax: Syntax, node: Node) -> tuple[int, int]:
    return syntax.character(node.start_byte), syntax.character(node.end_byte)
