"""What kitcn's generated files say of the procedures (kitcn.md 6.3): nothing is run, the text is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kitcn_repl.explore.json5 import Json5Error, parse
from kitcn_repl.project.layout import Project
from kitcn_repl.schema.model import Place
from kitcn_repl.values import JsonObject, JsonValue

_REFERENCE = re.compile(
    r'createGeneratedFunctionReference\s*<\s*"(query|mutation|action)"\s*,\s*"(public|internal)"'
    r'(?:[^"()]|\([^()]*\)|"[^"]*")*?>\s*\(\s*"([^"]+)"\s*,?\s*\)'
)
_META = re.compile(r"\s*,\s*(\{(?:[^{}\"']|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')*\})")
_ROUTE = re.compile(
    r"""(?:'([^']+)'|"([^"]+)"|([\w$]+))\s*:\s*(\{\s*path\s*:\s*(?:"[^"]*"|'[^']*')\s*,\s*method\s*:[^{}]*\})"""
)
_NAMES_OF_FILE = re.compile(r'"([^"]+)"\s*:\s*\[([^\]]*)\]')
_POSITION = re.compile(r"\{[^{}]*\}")
_LARGEST = 20 * 1024 * 1024


@dataclass(slots=True)
class GeneratedProcedure:
    """As far as the generated files know it; `meta` only for public ones."""

    kind: str | None = None
    visibility: str | None = None
    meta: JsonObject = field(default_factory=dict)
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class GeneratedRoute:
    name: str
    method: str
    path: str


@dataclass(frozen=True, slots=True)
class Generated:
    """Procedures by name (`path/mod:fn`). `files` are those that were there to be read."""

    procedures: dict[str, GeneratedProcedure]
    routes: tuple[GeneratedRoute, ...]
    files: tuple[Path, ...]


def read_generated(project: Project) -> Generated:
    """Missing files, and text of an unknown form, simply say nothing."""
    procedures: dict[str, GeneratedProcedure] = {}
    files: list[Path] = []

    def procedure(name: str) -> GeneratedProcedure:
        return procedures.setdefault(name, GeneratedProcedure())

    for path in sorted(_runtime_files(project.generated_dir)):
        files.append(path)
        for kind, visibility, name, _end in _references(_read(path)):
            found = procedure(name)
            found.kind, found.visibility = kind, visibility

    routes: list[GeneratedRoute] = []
    if project.shared_api_path.is_file():
        files.append(project.shared_api_path)
        text = _read(project.shared_api_path)
        for kind, visibility, name, end in _references(text):
            found = procedure(name)
            found.kind, found.visibility = kind, visibility
            match = _META.match(text, end)
            meta = _object(match[1]) if match else {}
            found.meta = {key: value for key, value in meta.items() if key != "type"}
        routes = [route for match in _ROUTE.finditer(text) if (route := _route(match)) is not None]

    names = project.generated_dir / "procedure-names.gen.ts"
    if names.is_file():
        files.append(names)
        for name, place in _positions(_read(names), project):
            procedure(name).place = place
    return Generated(procedures, tuple(routes), tuple(files))


def _runtime_files(folder: Path) -> Iterator[Path]:
    return folder.rglob("*.runtime.ts") if folder.is_dir() else iter(())


def _references(text: str) -> Iterator[tuple[str, str, str, int]]:
    """(kind, visibility, name, where the reference ends)."""
    for match in _REFERENCE.finditer(text):
        yield match[1], match[2], match[3], match.end()


def _route(match: re.Match[str]) -> GeneratedRoute | None:
    facts = _object(match[4])
    path, method = facts.get("path"), facts.get("method")
    if not isinstance(path, str) or not isinstance(method, str):
        return None
    return GeneratedRoute(match[1] or match[2] or match[3], method.upper(), path)


def _positions(text: str, project: Project) -> Iterator[tuple[str, Place]]:
    for match in _NAMES_OF_FILE.finditer(text):
        file = project.relative(project.functions_dir / match[1])
        for position in _POSITION.findall(match[2]):
            facts = _object(position)
            name, line = facts.get("name"), facts.get("line")
            if isinstance(name, str) and isinstance(line, int):
                yield name, Place(file, line)


def _object(text: str) -> JsonObject:
    try:
        value: JsonValue = parse(text)
    except Json5Error:
        return {}
    return value if isinstance(value, dict) else {}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace") if path.stat().st_size <= _LARGEST else ""
    except OSError:
        return ""
