"""docs/reference/python.md: public names with their signatures and docstrings."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Iterator
from functools import cached_property
from importlib import import_module
from itertools import pairwise
from typing import Final

from tools.reference.markdown import code, fenced, page, prose, table
from tools.reference.public_names import PUBLIC

_MADE_BY_OTHERS: Final = ("Connection", "AsyncConnection", "Result", "Document", "Id", "Relations", "Table", "Found")
_TITLES: Final = {
    "Connecting": ("kitcn_repl",),
    "Results": (
        "kitcn_repl.results", "kitcn_repl.results.documents", "kitcn_repl.results.table", "kitcn_repl.results.found",
    ),
    "Values": ("kitcn_repl.values",),
    "Deployments": (
        "kitcn_repl.deployment.protocol", "kitcn_repl.deployment.remote", "kitcn_repl.offline.offline",
        "kitcn_repl.offline.dataset", "kitcn_repl.offline.demo.dataset", "kitcn_repl.offline.snapshot",
        "kitcn_repl.offline.backend_file", "kitcn_repl.deployment.models",
    ),
    "Errors": ("kitcn_repl.errors", "kitcn_repl.deployment.errors", "kitcn_repl.explore.inline"),
}  # fmt: skip


def python_page() -> str:
    assert {module for modules in _TITLES.values() for module in modules} == set(PUBLIC)
    parts: list[str] = []
    for title, modules in _TITLES.items():
        parts.append(f"## {title}")
        for module in modules:
            parts.append(f"From `{module}`:")
            for name in PUBLIC[module]:
                parts += _entry(module, name)
    return page(
        "Python",
        "Every public name, with its signature and docstring; [the guide](../guide/python.md) shows them at work. What"
        " is not listed here may change at any time.",
        *parts,
    )


def _entry(module: str, name: str) -> Iterator[str]:
    thing = getattr(import_module(module), name)
    yield f"### {name}"
    if inspect.isclass(thing):
        yield from _class(name, thing)
    elif callable(thing):
        yield fenced(_signature(name, thing), "python")
        yield prose(inspect.getdoc(thing) or "")
    else:
        yield fenced(
            f"{name} = {thing if isinstance(thing, str) else repr(thing)}".replace("kitcn_repl.values.", ""), "python"
        )
        if text := constant_docstring(module, name):
            yield prose(text)


def _class(name: str, kind: type) -> Iterator[str]:
    bases = [base.__name__ for base in kind.__bases__ if base is not object]
    if dataclasses.is_dataclass(kind):
        yield prose(inspect.getdoc(kind) or "")
        yield table(("field", "type", "default"), [_field(field) for field in dataclasses.fields(kind)])
    elif own_init(kind) is not None and name not in _MADE_BY_OTHERS:
        yield fenced(f"class {_signature(name, kind)}", "python")
        yield prose(inspect.getdoc(kind) or "")
    else:
        yield fenced(f"class {name}({', '.join(bases)})" if bases else f"class {name}", "python")
        yield prose(inspect.getdoc(kind) or "")
    for member, signature, text in members(kind):
        yield f"`{signature}`" if len(signature) < 100 else fenced(signature, "python")
        yield prose(text) if text else f"As `{member}` of the class that it is from."


def own_init(kind: type) -> object | None:
    """What makes an instance, where the class says it itself and anybody may call it."""
    made = vars(kind).get("__init__") or vars(kind).get("__new__")
    return made if made is not None and not getattr(kind, "_is_protocol", False) else None


def members(kind: type) -> Iterator[tuple[str, str, str]]:
    """Public methods and properties that the class itself has: name, signature, docstring."""
    for name, member in vars(kind).items():
        if name.startswith("_"):
            continue
        if isinstance(member, property | cached_property):
            getter = member.fget if isinstance(member, property) else member.func
            annotation = inspect.signature(getter).return_annotation if getter is not None else ""
            yield name, f"{name}: {annotation}", docstring(kind, name)
        elif isinstance(member, classmethod | staticmethod) or inspect.isfunction(member):
            function = member.__func__ if isinstance(member, classmethod | staticmethod) else member
            prefix = "async " if inspect.iscoroutinefunction(function) else ""
            yield name, prefix + _signature(name, function), docstring(kind, name)


def docstring(kind: type, name: str) -> str:
    """Of the method itself, else of what it implements or repeats."""
    from kitcn_repl.connection import AsyncConnection, Connection
    from kitcn_repl.deployment.protocol import Deployment
    from kitcn_repl.deployment.remote import Remote
    from kitcn_repl.offline.offline import Offline

    own = inspect.getdoc(vars(kind)[name])
    if own:
        return own
    meant = {Remote: Deployment, Offline: Deployment, Connection: AsyncConnection}.get(kind)
    return (inspect.getdoc(getattr(meant, name, None)) or "") if meant is not None and hasattr(meant, name) else ""


def constant_docstring(module: str, name: str) -> str:
    """The text below an assignment, in the module that makes it."""
    import ast
    from pathlib import Path

    for home in (module, *(f"{module}.{part}" for part in ("codec", "undefined"))):
        try:
            path = import_module(home).__file__
        except ModuleNotFoundError:
            continue
        body = ast.parse(Path(str(path)).read_text(encoding="utf-8")).body
        for statement, below in pairwise(body):
            names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
            is_assignment = isinstance(statement, ast.Assign | ast.AnnAssign) and name in names
            if is_assignment and isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
                return inspect.cleandoc(str(below.value.value))
    return ""


def _signature(name: str, function: object) -> str:
    signature = inspect.signature(function)  # type: ignore[arg-type]
    parameters = [one for one in signature.parameters.values() if one.name != "self" and not one.name.startswith("_")]
    shown = str(signature.replace(parameters=parameters)).replace("kitcn_repl.values.", "")
    return name + re.sub(r"(: |-> )'([^']*)'", r"\1\2", shown)


def _field(field: dataclasses.Field[object]) -> tuple[str, str, str]:
    default = ""
    if field.default is not dataclasses.MISSING:
        default = code(getattr(field.default, "__name__", None) or repr(field.default))
    elif field.default_factory is not dataclasses.MISSING:
        default = code(f"{getattr(field.default_factory, '__name__', field.default_factory)}()")
    return code(field.name), code(str(field.type)), default
