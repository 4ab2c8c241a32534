"""Project rules about Convex code. The code is parsed, so comments and strings mean nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kitcn_repl.explore.doctor.model import Finding
from kitcn_repl.explore.doctor.rules import finding
from kitcn_repl.project.code import CodeFile, code_paths, read_code, walk
from kitcn_repl.project.layout import Project
from kitcn_repl.schema.model import Place

if TYPE_CHECKING:
    from tree_sitter import Node

_TYPES = frozenset(
    {
        "type_query",
        "type_annotation",
        "type_arguments",
        "type_alias_declaration",
        "interface_declaration",
        "type_assertion",
        "constraint",
        "default_type",
        "implements_clause",
    }
)
_CASTS = frozenset({"as_expression", "satisfies_expression"})
_SIGNED_IN = re.compile(
    r"(?:optionalAuth|auth|admin|protected|private_?Auth|user|member)(?:Query|Mutation|Action|Route|Procedure)\Z"
)
_ASKS_WHO = frozenset({"getUserIdentity", "getAuth", "getSession"})
_AUTH_FILES = ("auth", "auth.config")
_ENDINGS = (".ts", ".js", ".tsx", ".mts", ".mjs")


def convex_code(project: Project) -> Iterator[CodeFile]:
    """The files that a deployment runs: functions, lib and routers, each once."""
    folders = [project.functions_dir, project.lib_dir]
    if project.functions_dir.name == "functions":
        folders.append(project.functions_dir.parent / "routers")
    seen: set[Path] = set()
    for folder in folders:
        for path in code_paths(folder):
            if path not in seen:
                seen.add(path)
                file = read_code(project, path)
                if file is not None:
                    yield file


def lazy_imports(files: Iterator[CodeFile] | list[CodeFile]) -> Iterator[Finding]:
    for file in files:
        if b"import" not in file.source:
            continue
        for node in walk(file.root):
            callee = node.child_by_field_name("function") if node.type == "call_expression" else None
            if callee is not None and callee.type == "import" and not _is_type(node):
                yield finding(
                    "lazy-import",
                    f"{_one_line(file.text(node))} is imported while the code runs.",
                    "Import it at the top of the file. If a generated module is missing, run `kitcn dev` first.",
                    place=Place(file.name, file.line(node)),
                )


def auth_before_setup(project: Project, files: list[CodeFile]) -> Iterator[Finding]:
    """Builders for people who are signed in, in a backend without auth. A type in `.meta<...>` is only a plan."""
    if any((project.functions_dir / f"{stem}{ending}").is_file() for stem in _AUTH_FILES for ending in _ENDINGS):
        return
    for file in files:
        if b"initCRPC" not in file.source:
            continue
        asks = _asks_who(file)
        for name, value, line in _exported_values(file):
            if not (_SIGNED_IN.match(name) or _requires_auth(file, value)):
                continue
            has_own_way = not asks and ".use(" in file.text(value)
            yield finding(
                "auth-before-setup",
                f"{name} is for people who are signed in, but there is neither auth.ts nor auth.config.ts.",
                "Run `kitcn add auth`, or keep to public and private builders until auth is set up.",
                # An app that knows callers by other means, such as a token among the arguments, may do well.
                level="warning" if has_own_way else None,
                place=Place(file.name, line),
            )


def _asks_who(file: CodeFile) -> bool:
    """Whether the file asks Convex or Better Auth who calls."""
    for node in walk(file.root):
        if node.type in ("identifier", "property_identifier") and file.text(node) in _ASKS_WHO:
            return True
        if node.type == "member_expression" and file.text(node) == "ctx.auth":
            return True
    return False


def _exported_values(file: CodeFile) -> Iterator[tuple[str, Node, int]]:
    for statement in file.root.named_children:
        declaration = statement.child_by_field_name("declaration") if statement.type == "export_statement" else None
        for declarator in [] if declaration is None else declaration.named_children:
            name, value = declarator.child_by_field_name("name"), declarator.child_by_field_name("value")
            if name is not None and value is not None and declarator.type == "variable_declarator":
                yield file.text(name), value, file.line(name)


def _requires_auth(file: CodeFile, value: Node) -> bool:
    """Whether the chain has a `.meta({ auth: ... })`."""
    for node in walk(value):
        callee = node.child_by_field_name("function") if node.type == "call_expression" else None
        member = callee.child_by_field_name("property") if callee is not None else None
        arguments = node.child_by_field_name("arguments") if member is not None else None
        if member is None or arguments is None or file.text(member) != "meta":
            continue
        for given in arguments.named_children:
            for pair in given.named_children if given.type == "object" else []:
                key = pair.child_by_field_name("key")
                if key is not None and file.text(key).strip("'\"") == "auth":
                    return True
    return False


def _is_type(node: Node) -> bool:
    """Whether an `import(...)` only names a type; the grammar reads some of these as if they were values."""
    child, parent = node, node.parent
    while parent is not None and not parent.type.endswith("_statement") and parent.type != "arguments":
        if parent.type in _TYPES or (parent.type in _CASTS and parent.named_children[0] != child):
            return True
        if parent.type == "unary_expression" and parent.children[0].type == "typeof":
            return True
        child, parent = parent, parent.parent
    return False


def _one_line(text: str) -> str:
    short = " ".join(text.split())
    return short if len(short) <= 80 else short[:79] + "…"
