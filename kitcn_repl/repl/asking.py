"""A text of the shell as an inline query: with what earlier ones left behind, and keeping what it leaves."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kitcn_repl.explore.inline import InlineQueryError, InlineResult, run_inline
from kitcn_repl.explore.workspace import Workspace
from kitcn_repl.repl.scope import Declared, Scope
from kitcn_repl.values import JsonValue

if TYPE_CHECKING:
    from tree_sitter import Node

_NO_VALUE: Final = re.compile(
    r"is not a supported Convex type|Return value is a Query|not serializable|is a function|could not be cloned"
)
_FUNCTIONS: Final = frozenset(("arrow_function", "function_expression", "class", "generator_function"))
_MAY_DECLARE: Final = re.compile(r"\b(?:const|let|var|function|class)\b")


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a text. `name` is what its value is called from now on, `declared` what names it gave values.

    `has_value` is False where only names were declared.
    """

    result: InlineResult
    name: str | None = None
    declared: dict[str, JsonValue] = field(default_factory=dict)
    has_value: bool = True


@dataclass(frozen=True, slots=True)
class _Declarations:
    """What a text declares: `names` with values, `functions`, and all of it by `statements`, each as its own text.

    `is_last` tells that the text ends in one of them, so that it has no value of its own.
    """

    names: tuple[str, ...]
    functions: tuple[Declared, ...]
    statements: tuple[Declared, ...]
    is_last: bool


async def ask(workspace: Workspace, text: str, scope: Scope) -> Reply:
    """Run a text. Raises what `run_inline` raises; lines of an error are those of the text."""
    found = _declarations(text) if _MAY_DECLARE.search(text) else None
    if found is None or not found.is_last:
        result = await _run(workspace, text, scope)
        name = scope.add(result.value)
        for declared in found.statements if found is not None else ():
            scope.declare_text(declared)
        return Reply(result, name)
    asked = f"{text}\n;({{ {', '.join(found.names)} }})" if found.names else f"{text}\n;null"
    try:
        result = await _run(workspace, asked, scope)
    except InlineQueryError as error:
        if _NO_VALUE.search(error.message) is None:
            raise
        # What has no value to keep, such as a query that was not asked yet, is declared again where it is used.
        result = await _run(workspace, f"{text}\n;null", scope)
        for declared in found.statements:
            scope.declare_text(declared)
        return Reply(result, has_value=False)
    values = result.value if found.names and isinstance(result.value, dict) else {}
    scope.declare({name: values.get(name) for name in found.names})
    for function in found.functions:
        scope.declare_text(function)
    return Reply(result, declared={name: values.get(name) for name in found.names}, has_value=False)


async def _run(workspace: Workspace, text: str, scope: Scope) -> InlineResult:
    constants, declared = scope.needed(text)
    lead = "".join(f"{each}\n" for each in declared)
    try:
        return await run_inline(workspace.deployment, lead + text, args=constants, component=workspace.component)
    except InlineQueryError as error:
        if lead and error.line is not None:
            lines = lead.count("\n")
            error.line = error.line - lines if error.line > lines else None
        raise


def _declarations(text: str) -> _Declarations | None:
    """None for a text that declares nothing at its top, and for one that does not parse."""
    from kitcn_repl.explore.inline.names import declared_at_top
    from kitcn_repl.explore.inline.syntax import parse

    syntax = parse(text)
    nodes = syntax.statements()
    if not syntax.is_valid or any(node.type in ("return_statement", "export_statement") for node in nodes):
        return None
    names: list[str] = []
    functions: list[Declared] = []
    statements: list[Declared] = []
    for statement in nodes:
        own = list(declared_at_top(syntax, [statement]))
        if not own:
            continue
        declared = Declared(frozenset(name for name, _ in own), syntax.text(statement))
        statements.append(declared)
        if all(_is_function(node) for _, node in own):
            functions.append(declared)
        else:
            names += [name for name, node in own if not _is_function(node)]
    if not statements:
        return None
    is_last = next(declared_at_top(syntax, nodes[-1:]), None) is not None
    return _Declarations(tuple(dict.fromkeys(names)), tuple(functions), tuple(statements), is_last)


def _is_function(node: Node) -> bool:
    value = node.child_by_field_name("value")
    return node.type != "variable_declarator" or (value is not None and value.type in _FUNCTIONS)
