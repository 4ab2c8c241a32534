"""Public names say what they are, and what they raise; their examples run."""

from __future__ import annotations

import ast
import builtins
import doctest
import inspect
import re
import textwrap
from collections.abc import Iterator
from functools import cached_property
from importlib import import_module
from pathlib import Path
from types import FunctionType

import pytest

import kitcn_repl
from tools.reference.exit_codes import error_types
from tools.reference.public_names import PUBLIC, public_objects
from tools.reference.python_api import constant_docstring, docstring, members

_OBJECTS = public_objects()
_CLASSES = {key: kind for key, kind in _OBJECTS.items() if inspect.isclass(kind)}
_ASKING = re.compile(r"\bself\._run\(|\bwait\(|\bself\.deployment\.|\bself\._exchange\.|\.wait\(")
_FURTHER = {
    "IdError",
    "ConvexError",
    "KeyError",
    "AttributeError",
    "TypeError",
    "ValueError",
    "StopIteration",
    "OSError",
}


def _key(key: tuple[str, str]) -> str:
    return ".".join(key)


def test_everything_that_the_package_exports_is_public() -> None:
    assert set(kitcn_repl.__all__) - {"__version__"} == set(PUBLIC["kitcn_repl"])
    assert set(import_module("kitcn_repl.values").__all__) == set(PUBLIC["kitcn_repl.values"])
    assert set(import_module("kitcn_repl.results").__all__) - {"Origin"} == set(PUBLIC["kitcn_repl.results"])
    models = "kitcn_repl.deployment.models"
    shapes = {name: kind for name, kind in vars(import_module(models)).items() if inspect.isclass(kind)}
    assert {name for name, kind in shapes.items() if kind.__module__ == models} == set(PUBLIC[models])


@pytest.mark.parametrize("key", list(_OBJECTS), ids=_key)
def test_a_public_name_says_what_it_is(key: tuple[str, str]) -> None:
    thing = _OBJECTS[key]
    told = inspect.getdoc(thing) if inspect.isclass(thing) or callable(thing) else constant_docstring(*key)
    assert told
    if isinstance(thing, type):
        inherited = next((inspect.getdoc(base) for base in thing.__mro__[1:] if base is not object), None)
        assert told != inherited, "this is the docstring of the class above it"


@pytest.mark.parametrize("key", list(_CLASSES), ids=_key)
def test_every_public_member_says_what_it_is(key: tuple[str, str]) -> None:
    assert [signature for _, signature, text in members(_CLASSES[key]) if not text] == []


@pytest.mark.parametrize("key", list(_OBJECTS), ids=_key)
def test_whatever_raises_says_what(key: tuple[str, str]) -> None:
    """What is raised in the body itself is named by its class; whoever asks the deployment says that this may fail."""
    thing = _OBJECTS[key]
    silent = {}
    for name, function, told in _functions(key[1], thing):
        missing = [error for error in _raised(function) if not _tells(told, error)]
        if _ASKING.search(inspect.getsource(function)) and not re.search(r"\bRaises\b|Error\b", told):
            missing.append("what it asks for may fail")
        if missing:
            silent[name] = missing
    assert silent == {}


def _functions(name: str, thing: object) -> Iterator[tuple[str, FunctionType, str]]:
    """Functions with what is told of them; a class speaks for its methods."""
    if isinstance(thing, FunctionType):
        yield name, getattr(thing, "__wrapped__", thing), inspect.getdoc(thing) or ""
    elif isinstance(thing, type):
        about = inspect.getdoc(thing) or ""
        for member, value in vars(thing).items():
            function = _function(value)
            if function is None or "/kitcn_repl/" not in Path(function.__code__.co_filename).as_posix():
                continue  # made by dataclasses, enum or typing
            if member.startswith("_") and member not in ("__init__", "__new__", "__getitem__"):
                continue
            told = docstring(thing, member) if not member.startswith("_") else inspect.getdoc(function) or ""
            yield f"{name}.{member}", function, f"{about}\n{told}"


def _function(member: object) -> FunctionType | None:
    match member:
        case FunctionType():
            return member
        case property(fget=FunctionType() as getter):
            return getter
        case cached_property(func=FunctionType() as getter):
            return getter
        case classmethod(__func__=FunctionType() as function) | staticmethod(__func__=FunctionType() as function):
            return function
    return None


def _raised(function: FunctionType) -> Iterator[str]:
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        match node:
            case ast.Raise(exc=ast.Call(func=ast.Name(id=name)) | ast.Name(id=name)) if name.endswith("Error"):
                yield name


def _tells(text: str, error: str) -> bool:
    """By its own name, or that of a class above it."""
    kinds = {kind.__name__: kind for kind in error_types()}
    kind = kinds.get(error, getattr(builtins, error, None))
    names = [above.__name__ for above in kind.__mro__] if isinstance(kind, type) else [error]
    return any(
        re.search(rf"\b{name}\b", text) for name in names if name not in ("Exception", "BaseException", "object")
    )


def test_the_errors_that_docstrings_name_exist() -> None:
    known = {kind.__name__ for kind in error_types()} | _FURTHER
    named = {
        (key[1], error)
        for key, thing in _OBJECTS.items()
        for _, function, told in _functions(key[1], thing)
        for error in re.findall(r"\b[A-Z]\w*Error\b", told)
    }
    assert {(name, error) for name, error in named if error not in known} == set()
    assert len(named) > 30


def test_every_error_says_what_it_means() -> None:
    assert [kind for kind in error_types() if not vars(kind).get("__doc__")] == []


def test_the_examples_in_docstrings_run() -> None:
    finder, runner = doctest.DocTestFinder(), doctest.DocTestRunner()
    ran = 0
    for module in (*PUBLIC, "kitcn_repl.connection", "kitcn_repl.values.ids", "kitcn_repl.values.codec"):
        for test in finder.find(import_module(module), module):
            ran += len(test.examples)
            runner.run(test)
    assert runner.summarize().failed == 0
    assert ran >= 10
