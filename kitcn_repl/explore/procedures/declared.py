"""What the source itself exports as functions: kitcn's procedures, Convex's own, and crons. The text is only parsed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitcn_repl.project.code import CodeFile, code_paths, imports_of, read_code, string_value, walk
from kitcn_repl.project.layout import Project
from kitcn_repl.schema.model import Place

if TYPE_CHECKING:
    from tree_sitter import Node

_CONVEX_BUILDERS = {
    "query": ("query", "public"),
    "mutation": ("mutation", "public"),
    "action": ("action", "public"),
    "internalQuery": ("query", "internal"),
    "internalMutation": ("mutation", "internal"),
    "internalAction": ("action", "internal"),
}
_NOT_FUNCTIONS = frozenset({"schema", "auth", "auth.config", "convex.config", "http", "crons"})
_HANDLERS = frozenset({"arrow_function", "function_expression", "identifier"})
_WRAPPERS = frozenset({"as_expression", "satisfies_expression", "non_null_expression", "parenthesized_expression"})


@dataclass(frozen=True, slots=True)
class DeclaredFunction:
    """`kitcn` tells a chain of kitcn's builders from Convex's own; `listed` tells whether codegen lists it.

    `visibility` is None where the text cannot tell.
    """

    name: str
    kind: str
    visibility: str | None
    kitcn: bool
    listed: bool
    place: Place


@dataclass(frozen=True, slots=True)
class DeclaredCron:
    name: str
    function: str
    schedule: str
    place: Place


@dataclass(frozen=True, slots=True)
class Declared:
    """`functions` are those whose making is understood; `exports` everything that modules export, as `module:name`,
    with `module:*` for what cannot be told."""

    functions: dict[str, DeclaredFunction]
    exports: frozenset[str]

    def may_have(self, name: str) -> bool:
        return name in self.exports or f"{name.rpartition(':')[0]}:*" in self.exports


def read_declared(project: Project) -> Declared:
    functions: dict[str, DeclaredFunction] = {}
    exports: set[str] = set()
    for path in code_paths(project.functions_dir):
        file = read_code(project, path)
        if file is None:
            continue
        module = path.relative_to(project.functions_dir).as_posix().rpartition(".")[0]
        exports.update(f"{module}:{name}" for name in _exported_names(file))
        for function in _functions(project, file, module):
            functions[function.name] = function
    # kitcn deploys functions of its own from there, such as those that it schedules.
    for path in code_paths(project.generated_dir):
        file = read_code(project, path) if "." not in path.stem else None
        if file is not None:
            module = path.relative_to(project.functions_dir).as_posix().rpartition(".")[0]
            exports.update(f"{module}:{name}" for name in _exported_names(file))
    return Declared(functions, frozenset(exports))


def _functions(project: Project, file: CodeFile, module: str) -> Iterator[DeclaredFunction]:
    path = file.path
    stem = path.name.rpartition(".")[0]
    if not (stem in _NOT_FUNCTIONS and path.parent == project.functions_dir) and not stem.startswith("_"):
        imports = imports_of(file)
        for name, value in _exports(file):
            found = _function(file, value, imports)
            if found is not None:
                kind, visibility, kitcn = found
                place = Place(file.name, file.line(value))
                listed = kitcn and name != "default" and path.suffix == ".ts"
                yield DeclaredFunction(f"{module}:{name}", kind, visibility, kitcn, listed, place)


def declared_crons(project: Project) -> list[DeclaredCron]:
    """The jobs that `crons.ts` registers in so many words."""
    file = read_code(project, project.functions_dir / "crons.ts")
    if file is None:
        return []
    found = []
    for node in walk(file.root):
        if node.type != "call_expression":
            continue
        method = _member(file, node)
        arguments = _arguments(node)
        if method in ("interval", "hourly", "daily", "weekly", "monthly", "cron") and len(arguments) >= 3:
            name, schedule, function = arguments[:3]
            if name.type == "string":
                found.append(
                    DeclaredCron(
                        string_value(file, name),
                        _reference(file.text(function)),
                        f"{method} {' '.join(file.text(schedule).split())}",
                        Place(file.name, file.line(node)),
                    )
                )
    return found


def _exported_names(file: CodeFile) -> Iterator[str]:
    """Of any kind of value: a builder of the project's own may have made it."""
    for statement in file.root.named_children:
        if statement.type != "export_statement":
            continue
        if any(child.type == "default" for child in statement.children):
            yield "default"
        if any(child.type == "*" for child in statement.children):
            yield "*"
        declaration = statement.child_by_field_name("declaration")
        for child in statement.named_children:
            for specifier in child.named_children if child.type == "export_clause" else []:
                name = specifier.child_by_field_name("alias") or specifier.child_by_field_name("name")
                if name is not None:
                    yield file.text(name)
        name = None if declaration is None else declaration.child_by_field_name("name")
        if name is not None:
            yield file.text(name)
        for declarator in [] if declaration is None else declaration.named_children:
            pattern = declarator.child_by_field_name("name")
            for node in [] if pattern is None else walk(pattern):
                if node.type in ("identifier", "shorthand_property_identifier_pattern"):
                    yield file.text(node)


def _exports(file: CodeFile) -> Iterator[tuple[str, Node]]:
    for statement in file.root.named_children:
        if statement.type != "export_statement":
            continue
        value = statement.child_by_field_name("value")
        if value is not None:
            yield "default", value
        declaration = statement.child_by_field_name("declaration")
        if declaration is None or declaration.type not in ("lexical_declaration", "variable_declaration"):
            continue
        for declarator in declaration.named_children:
            name, value = declarator.child_by_field_name("name"), declarator.child_by_field_name("value")
            if name is not None and value is not None and name.type == "identifier":
                yield file.text(name), value


def _function(file: CodeFile, value: Node, imports: dict[str, tuple[str, str]]) -> tuple[str, str | None, bool] | None:
    while value.type in _WRAPPERS:
        value = value.named_children[0]
    if value.type != "call_expression":
        return None
    callee = value.child_by_field_name("function")
    if callee is None:
        return None
    if callee.type == "identifier":
        specifier, exported = imports.get(file.text(callee), ("", ""))
        builder = _CONVEX_BUILDERS.get(exported)
        if builder is not None and (specifier == "convex/server" or "generated" in specifier):
            return *builder, False
        return None
    method = _member(file, value)
    handler = _arguments(value)[:1]
    if method not in ("query", "mutation", "action") or not handler or handler[0].type not in _HANDLERS:
        return None
    root = callee
    internal = False
    while root.type in ("call_expression", "member_expression"):
        if root.type == "call_expression":
            internal = internal or _member(file, root) == "internal"
        following = root.child_by_field_name("function") or root.child_by_field_name("object")
        if following is None:
            return None
        root = following
    if root.type != "identifier":
        return None
    name = file.text(root)
    if internal or name.startswith(("private", "internal")):
        return method, "internal", True
    # A name of the project's own says nothing for certain.
    return method, "public" if name.startswith("public") else None, True


def _member(file: CodeFile, call: Node) -> str | None:
    callee = call.child_by_field_name("function")
    property_ = callee.child_by_field_name("property") if callee is not None else None
    return None if property_ is None else file.text(property_)


def _arguments(call: Node) -> list[Node]:
    arguments = call.child_by_field_name("arguments")
    return [] if arguments is None else [node for node in arguments.named_children if node.type != "comment"]


def _reference(text: str) -> str:
    """`internal.jobs.sweep` -> `jobs:sweep`; anything else as it is."""
    parts = "".join(text.split()).split(".")
    if len(parts) >= 3 and parts[0] in ("internal", "api"):
        return f"{'/'.join(parts[1:-1])}:{parts[-1]}"
    return text
