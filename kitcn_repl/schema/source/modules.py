"""The files of a program: loaded when something needs them, their names evaluated when something reads them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from kitcn_repl.schema.model import Place
from kitcn_repl.schema.source.builtins.records import note
from kitcn_repl.schema.source.files import Files, UnreadableError, line_of_other_encoding
from kitcn_repl.schema.source.resolve import Resolver, identity
from kitcn_repl.schema.source.scan import DEFAULT, Contents, Declaration, Effect, Import, fills_itself, scan
from kitcn_repl.schema.source.scope import Scope
from kitcn_repl.schema.source.syntax import ParseError, Source, parse
from kitcn_repl.schema.source.values import Array, Record, Unknown, Value, Vocabulary

if TYPE_CHECKING:
    from kitcn_repl.schema.source.interpreter import Interpreter

_WITHOUT_JSX = (".ts", ".mts", ".cts")
"""Where `<T>` starts an assertion, and no element."""
_GENERATED = ("_generated", "generated")
_DEEPEST = 60
"""Files that one after the other export what the next one has."""

Exports: TypeAlias = Mapping[str, Value]


class Module:
    """A file of the program, and what is known of its names so far.

    `position` is the rank of the statement that runs, infinite once all have: what a statement reads is as the
    statements before it left it.
    """

    __slots__ = ("contents", "path", "pending", "position", "ran", "scope", "source", "targets", "values")

    def __init__(self, path: Path, source: Source, contents: Contents) -> None:
        self.path = path
        self.source = source
        self.contents = contents
        self.scope = Scope(self)
        self.values: dict[str, Value] = {}
        self.targets: dict[str, Target] = {}
        self.position: float = inf
        self.ran = False
        self.pending: dict[str, list[Effect]] = {}
        for effect in contents.order:
            if isinstance(effect, Effect):
                for word in effect.words & contents.names.keys():
                    self.pending.setdefault(word, []).append(effect)

    def has(self, name: str) -> bool:
        return name in self.values or name in self.contents.names


Target: TypeAlias = Module | Exports | Unknown
"""What an import names: a file, the exports of a package, or neither."""


class Modules:
    """Files and packages by the names that imports give them."""

    def __init__(self, files: Files, resolver: Resolver, vocabulary: Vocabulary, interpreter: Interpreter) -> None:
        self.files = files
        self._resolver = resolver
        self._vocabulary = vocabulary
        self._interpreter = interpreter
        self._loaded: dict[str, Module | Unknown] = {}
        self._gathered: dict[int, Record] = {}
        """Namespaces whose exports are being looked up, by their module."""

    def load(self, path: Path, asked_at: Place | None = None) -> Module | Unknown:
        """The file, read once. One that cannot be read is a problem, told at the import or in the file itself."""
        key = identity(path)
        found = self._loaded.get(key)
        if found is None:
            found = self._loaded[key] = self._load(path, asked_at)
        return found

    def _load(self, path: Path, asked_at: Place | None) -> Module | Unknown:
        name = self.files.name(path)
        place = asked_at or Place(name, 1)
        try:
            data = self.files.read(path)
            if path.suffix == ".json":
                return _json_module(path, name, data)
            source = parse(name, data, tsx=path.suffix not in _WITHOUT_JSX)
        except UnreadableError as error:
            self._interpreter.problem(f"“{name}” {error}.", place)
            return Unknown(f"“{name}” {error}", place)
        except ParseError:
            self._interpreter.problem(f"“{name}” cannot be parsed.", place)
            return Unknown(f"“{name}” cannot be parsed", place)
        if (line := line_of_other_encoding(data)) is not None:
            self._interpreter.problem("This line is not UTF-8.", Place(name, line))
        for fault in source.faults:
            self._interpreter.problem(fault.message, fault.place)
        return Module(path, source, scan(source))

    def read(self, module: Module, name: str) -> Value:
        """The value of a name of a file, as the statements up to its `position` leave it."""
        if module.pending and name in module.pending:
            self._run_effects(module, name)
        if name in module.values:
            return module.values[name]
        named = module.contents.names[name]
        if isinstance(named, Import):
            value = self.imported(module, named)
            if not isinstance(module.targets.get(named.specifier), Module):
                module.values[name] = value
            return value
        if named.running:
            return Unknown(f"“{name}” depends on itself", module.source.place(named.node))
        self._declare(module, named)
        if name not in module.values:
            return Unknown(f"“{name}” cannot be read", module.source.place(named.node))
        return module.values[name]

    def run(self, module: Module, depth: int = 0) -> None:
        """The whole file, in order, as JavaScript runs it, and before it the files imported for their effects alone."""
        if module.ran or depth > _DEEPEST:
            return
        module.ran = True
        for side in module.contents.sides:
            target = self._target(module, side)
            if isinstance(target, Module):
                self.run(target, depth + 1)
        has_effects = any(isinstance(item, Effect) for item in module.contents.order)
        for item in module.contents.order:
            if isinstance(item, Effect):
                self._run_effect(module, item)
            elif has_effects or _may_act(item, module):
                self._declare(module, item)

    def _declare(self, module: Module, declaration: Declaration) -> None:
        if declaration.running or any(name in module.values for name in declaration.names):
            return
        declaration.running = True
        with self._interpreter.at_statement(module, declaration.at):
            self._interpreter.declare(declaration, module)
        declaration.running = False

    def _run_effects(self, module: Module, name: str) -> None:
        effects = module.pending[name]
        for effect in [effect for effect in effects if effect.at < module.position]:
            self._run_effect(module, effect)
        module.pending[name] = [effect for effect in effects if not effect.started]
        if not module.pending[name]:
            del module.pending[name]

    def _run_effect(self, module: Module, effect: Effect) -> None:
        if not effect.started:
            effect.started = True
            with self._interpreter.at_statement(module, effect.at):
                self._interpreter.run_statement(effect.node, module)

    def imported(self, module: Module, wanted: Import) -> Value:
        target = self._target(module, wanted)
        return self.namespace_of(target) if wanted.name is None else self.export_of(target, wanted.name, wanted)

    def member_of_namespace(self, module: Module, wanted: Import, name: str) -> Value:
        """One export of `import * as`, without evaluating the others."""
        return self.export_of(self._target(module, wanted), name, wanted)

    def namespace_of(self, target: Target) -> Value:
        """A module's namespace object. Its names are in alphabetical order, as JavaScript has them."""
        if isinstance(target, Unknown):
            return target
        if not isinstance(target, Module):
            return Record({name: value for name, value in sorted(target.items()) if name != "*"})
        return self.exports_of(target)

    def exports_of(self, target: Module) -> Record:
        """All exports of a file, in the order of a namespace object."""
        if id(target) in self._gathered:  # `export * as here from './here'`
            return self._gathered[id(target)]
        record = self._gathered[id(target)] = Record()
        for name, place in sorted(self._export_names(target, record, set(), 0).items()):
            record.entries[name] = self.export_of(target, name, Import(target.source.name, name, place))
            record.places[name] = place
        del self._gathered[id(target)]
        return record

    def export_of(self, target: Target, name: str, wanted: Import) -> Value:
        if isinstance(target, Unknown):
            return target
        found = self._find_export(target, name, set(), 0)
        if isinstance(found, Unknown):
            return found
        if found is not None:
            home, local = found
            if not isinstance(home, Module):
                return home[local]
            if home.position == inf and fills_itself(home.source, home.contents):
                self.run(home)
            return self.read(home, local)
        if not isinstance(target, Module):
            return Unknown(f"“{name}” of “{wanted.specifier}” is not known", wanted.place)
        if target.contents.commonjs:
            return Unknown(f"“{target.source.name}” is a CommonJS module, which is not read", wanted.place)
        why = f"“{target.source.name}” exports no “{name}”"
        self._interpreter.problem(why + ".", wanted.place)
        return Unknown(why, wanted.place)

    def _find_export(
        self, target: Module | Exports, name: str, seen: set[tuple[int, str]], depth: int
    ) -> tuple[Module | Exports, str] | Unknown | None:
        """The file or package that holds an export, and its name there; Unknown if what may have it is not read."""
        if not isinstance(target, Module):
            return (target, name) if name in target else (target, "*") if "*" in target else None
        if (id(target), name) in seen or depth > _DEEPEST:
            return None
        seen.add((id(target), name))
        exported = target.contents.exports.get(name)
        if isinstance(exported, str):
            return (target, exported) if target.has(exported) else None
        if exported is not None:
            inner = self._target(target, exported)
            if exported.name is None:
                return {"*": self.namespace_of(inner)}, "*"
            return inner if isinstance(inner, Unknown) else self._find_export(inner, exported.name, seen, depth + 1)
        missing: Unknown | None = None
        for star in target.contents.stars if name != "default" else ():
            inner = self._target(target, star)
            found = inner if isinstance(inner, Unknown) else self._find_export(inner, name, seen, depth + 1)
            if isinstance(found, Unknown):
                missing = found
            elif found is not None:
                return found
        return missing

    def _export_names(self, target: Module, record: Record, seen: set[int], depth: int) -> dict[str, Place]:
        """The exports of a file; what of them is unknown is added to `record`."""
        if id(target) in seen or depth > _DEEPEST:
            return {}
        seen.add(id(target))
        found: dict[str, Place] = {}
        for star in target.contents.stars:
            inner = self._target(target, star)
            if isinstance(inner, Unknown):
                note(record.unknown, inner)
            elif isinstance(inner, Module):
                names = self._export_names(inner, record, seen, depth + 1)
                found.update((name, place) for name, place in names.items() if name != "default")
            else:
                found.update((name, star.place) for name in inner if name not in ("*", "default"))
        for name, exported in target.contents.exports.items():
            found[name] = self._place_of(target, exported)
        return found

    def _place_of(self, module: Module, exported: str | Import) -> Place:
        if isinstance(exported, Import):
            return exported.place
        named = module.contents.names.get(exported)
        if isinstance(named, Declaration):
            return module.source.place(named.node)
        return Place(module.source.name, 1) if named is None else named.place

    def _target(self, module: Module, wanted: Import) -> Target:
        found = module.targets.get(wanted.specifier)
        if found is None:
            found = module.targets[wanted.specifier] = self._find_target(module, wanted.specifier, wanted.place)
        return found

    def dynamic(self, module: Module, specifier: str, place: Place) -> Value:
        """The namespace that `import(specifier)` promises."""
        return self.namespace_of(self._target(module, Import(specifier, None, place)))

    def _find_target(self, module: Module, specifier: str, place: Place) -> Target:
        package = self._vocabulary.get(specifier)
        if package is not None:
            return package
        path, is_own = self._resolver.resolve(specifier, module.path)
        if path is not None:
            return self.load(path, place)
        if is_own:
            # What Convex and kitcn generate is often not there, and right so.
            if not any(part in _GENERATED for part in specifier.split("/")):
                self._interpreter.problem(f"“{specifier}” is not found.", place)
            return Unknown(f"“{specifier}” is not found", place)
        return Unknown(f"“{specifier}” is a package, whose code is not read", place)


def _may_act(item: Declaration, module: Module) -> bool:
    """Whether a declaration may do more than give names their values: what calls nothing can wait to be read."""
    return module.source.data.find(b"(", item.node.start_byte, item.node.end_byte) >= 0


def _json_module(path: Path, name: str, data: bytes) -> Module:
    try:
        value = _from_json(json.loads(data), Place(name, 1))
    except (ValueError, RecursionError):
        raise UnreadableError("is no valid JSON") from None
    module = Module(path, Source(name, b"", []), Contents())
    module.contents.exports["default"] = DEFAULT
    module.values[DEFAULT] = value
    if isinstance(value, Record):
        for key, entry in value.entries.items():
            module.values[key] = entry
            module.contents.exports.setdefault(key, key)
    return module


def _from_json(value: object, place: Place) -> Value:
    if isinstance(value, dict):
        return Record({key: _from_json(entry, place) for key, entry in value.items()}, dict.fromkeys(value, place))
    if isinstance(value, list):
        return Array([_from_json(item, place) for item in value])
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value if isinstance(value, str | float | bool) else None
