"""Reads the schema that a source file declares."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kitcn_repl.errors import KitcnError
from kitcn_repl.project.layout import find_project
from kitcn_repl.schema.model import Place, Schema
from kitcn_repl.schema.plugin_lock import locked_tables
from kitcn_repl.schema.source.files import Files
from kitcn_repl.schema.source.interpreter import Interpreter
from kitcn_repl.schema.source.modules import Module, Modules
from kitcn_repl.schema.source.paths import is_folder, is_there
from kitcn_repl.schema.source.resolve import Resolver
from kitcn_repl.schema.source.values import Record, Vocabulary
from kitcn_repl.schema.source.vocabulary import collect, vocabulary


class SchemaNotFoundError(KitcnError):
    """There is no schema file where one was asked for."""


def read_source(path: Path, *, root: Path | None = None) -> Schema:
    """The schema of a file, or of the project in a folder. Places are relative to `root`, by default the project's.

    What is wrong in the source is in the result's `problems`, what reading cannot tell in its `dynamic`. Raises
    SchemaNotFoundError, and what `find_project` raises.
    """
    file, folder = _locate(path, root)
    interpreter = Interpreter()
    exports = evaluate_file(file, folder, vocabulary(), interpreter)
    schema = collect(exports, interpreter, locked_tables(file.parent))
    name = interpreter.modules.files.name(file)
    return replace(
        schema,
        problems=tuple(replace(told, place=_placed(told.place, name)) for told in interpreter.problems),
        dynamic=tuple(replace(told, place=_placed(told.place, name)) for told in interpreter.dynamics),
        files=tuple(interpreter.modules.files.names),
    )


def evaluate_file(path: Path, root: Path, packages: Vocabulary, interpreter: Interpreter) -> Record:
    """The exports of a file, once all of it has run. What cannot be read at all is unknown in the record."""
    modules = interpreter.modules = Modules(Files(root), Resolver(), packages, interpreter)
    module = modules.load(path)
    if not isinstance(module, Module):
        return Record(unknown=[module])
    modules.run(module)
    if module.contents.commonjs:
        interpreter.problem("This is a CommonJS module, which is not read.", Place(module.source.name, 1))
    return modules.exports_of(module)


def _placed(place: Place, file: str) -> Place:
    """A place in the schema file itself, where whoever told it does not know that file's name."""
    return place if place.file else replace(place, file=file)


def _locate(path: Path, root: Path | None) -> tuple[Path, Path]:
    """The schema file and the folder that names of files are relative to."""
    path = path.absolute()
    if is_folder(path):
        project = find_project(path)
        if project is None or project.schema_path is None:
            raise SchemaNotFoundError(
                f"{path} holds no schema file.", hint="Name the file, or run this in the project."
            )
        return project.schema_path, (root or project.root).absolute()
    if not is_there(path):
        raise SchemaNotFoundError(f"{path} does not exist.")
    if root is None:
        try:
            project = find_project(path)
        except KitcnError:
            project = None
        root = path.parent if project is None else project.root
    return path, root.absolute()
