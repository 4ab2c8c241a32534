"""Project rules about Convex components."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kitcn_repl.explore.doctor.model import Finding
from kitcn_repl.explore.doctor.rules import finding
from kitcn_repl.project.code import CodeFile, imports_of, read_code, string_value, walk
from kitcn_repl.project.layout import Project
from kitcn_repl.schema.model import Place

if TYPE_CHECKING:
    from tree_sitter import Node

_NAMES = ("convex.config.ts", "convex.config.js")


def unregistered_components(project: Project, files: list[CodeFile]) -> Iterator[Finding]:
    """Components that code uses, or that convex.config.ts imports, without `app.use`."""
    config = _config(project)
    registered: set[str] = set()
    fix_file = project.relative(project.functions_dir / _NAMES[0])
    if config is None:
        elsewhere = next((path for name in _NAMES if (path := project.functions_dir.parent / name).is_file()), None)
        if elsewhere is not None and elsewhere.parent != project.functions_dir:
            yield finding(
                "component-unregistered",
                "Convex does not read this file: it is not in the functions folder.",
                f"Move it to {fix_file}.",
                place=Place(project.relative(elsewhere), 1),
            )
    else:
        used, registered = _registrations(config)
        for name, (specifier, _exported) in imports_of(config).items():
            if specifier.endswith("/convex.config") and name not in used:
                yield finding(
                    "component-unregistered",
                    f"{specifier} is imported, but not used.",
                    f"Add `app.use({name});` before the export.",
                    place=Place(config.name, _line_of(config, specifier)),
                )
    for name, place in _uses(files).items():
        if name in registered:
            continue
        yield finding(
            "component-unregistered",
            f"components.{name} is used, but no component of this name is registered.",
            f"Import its convex.config in {fix_file} and add `app.use(...)`.",
            place=place,
        )


def _config(project: Project) -> CodeFile | None:
    path = next((path for name in _NAMES if (path := project.functions_dir / name).is_file()), None)
    return None if path is None else read_code(project, path)


def _registrations(config: CodeFile) -> tuple[set[str], set[str]]:
    """Local names that are given to `.use(...)`, and the names under which code finds those components."""
    imports = imports_of(config)
    used: set[str] = set()
    names: set[str] = set()
    for node in walk(config.root):
        callee = node.child_by_field_name("function") if node.type == "call_expression" else None
        member = callee.child_by_field_name("property") if callee is not None else None
        arguments = node.child_by_field_name("arguments") if member is not None else None
        if member is None or arguments is None or config.text(member) != "use" or not arguments.named_children:
            continue
        local = config.text(arguments.named_children[0])
        used.add(local)
        given = _given_name(config, arguments.named_children[1:])
        if given is not None:
            names.add(given)
            continue
        # A component names itself; its package, its file and the import are usually called after it.
        specifier = imports.get(local, ("", ""))[0]
        parts = specifier.removesuffix("/convex.config").removesuffix("/convex").split("/")
        names |= {local, *(_camel(part) for part in parts if part)}
        names |= {_camel(re.sub(r"^convex-|-component$", "", part)) for part in parts if part}
    return used, names


def _given_name(config: CodeFile, options: list[Node]) -> str | None:
    for option in options:
        for pair in option.named_children:
            key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
            if key is not None and value is not None and config.text(key).strip("'\"") == "name":
                return string_value(config, value)
    return None


def _uses(files: list[CodeFile]) -> dict[str, Place]:
    """`components.x`, where `components` is Convex's own: the first place of each."""
    found: dict[str, Place] = {}
    for file in files:
        if b"components" not in file.source:
            continue
        local = {
            name
            for name, (specifier, exported) in imports_of(file).items()
            if exported == "components" and Path(specifier).name.startswith("api") and "_generated" in specifier
        }
        if not local:
            continue
        for node in walk(file.root):
            if node.type != "member_expression":
                continue
            owner, member = node.child_by_field_name("object"), node.child_by_field_name("property")
            if owner is not None and member is not None and owner.type == "identifier" and file.text(owner) in local:
                found.setdefault(file.text(member), Place(file.name, file.line(node)))
    return found


def _line_of(config: CodeFile, specifier: str) -> int:
    for statement in config.root.named_children:
        source = statement.child_by_field_name("source") if statement.type == "import_statement" else None
        if source is not None and string_value(config, source) == specifier:
            return config.line(statement)
    return 1


def _camel(name: str) -> str:
    first, *others = re.split(r"[-_.]", name.removeprefix("@"))
    return first + "".join(word[:1].upper() + word[1:] for word in others)
