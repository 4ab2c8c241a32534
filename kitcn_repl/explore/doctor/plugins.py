"""Project rules about kitcn's plugins: schema, files and lock file must tell the same (kitcn.md 7.6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kitcn_repl.explore.doctor.model import Finding
from kitcn_repl.explore.doctor.rules import finding
from kitcn_repl.project.code import CodeFile, imports_of, read_code, walk
from kitcn_repl.project.configuration import ConfigurationFile, read_configuration
from kitcn_repl.project.layout import Project
from kitcn_repl.schema.model import Place, Schema
from kitcn_repl.schema.source.paths import is_file
from kitcn_repl.values import JsonObject


@dataclass(frozen=True, slots=True)
class _Plugin:
    """`files` are what makes it work, relative to the lib folder (`lib:`) or the functions (`functions:`)."""

    name: str
    extension: str
    files: tuple[str, ...]


_AUTH_TABLES = ("user", "session", "account", "verification")
_WITH_TABLES = (
    _Plugin("ratelimit", "ratelimitExtension", ("lib:plugins/ratelimit/schema.ts", "lib:plugins/ratelimit/plugin.ts")),
    _Plugin(
        "resend",
        "resendExtension",
        ("lib:plugins/resend/schema.ts", "lib:plugins/resend/plugin.ts", "functions:plugins/resend.ts"),
    ),
)


def half_installed_plugins(project: Project, schema: Schema | None) -> Iterator[Finding]:
    lock = read_configuration(project.plugins_lock_path)
    entries: JsonObject = {}
    if lock is not None:
        for problem in lock.problems:
            place = Place(project.relative(problem.path), problem.line)
            yield finding("plugin-incomplete", problem.problem, "Run `kitcn add` for each plugin again.", place=place)
        listed = lock.value.get("plugins")
        entries = listed if isinstance(listed, dict) else {}
        yield from _missing_files(project, lock, entries)
        if schema is not None:
            yield from _missing_tables(project, lock, entries, schema)
    yield from _half_installed_auth(project, schema)
    file = None if project.schema_path is None else read_code(project, project.schema_path)
    if file is not None and project.uses_kitcn:
        extended = _extensions(file)
        for plugin in _WITH_TABLES:
            yield from _plugin(project, plugin, lock, entries, extended, file)


def _plugin(
    project: Project,
    plugin: _Plugin,
    lock: ConfigurationFile | None,
    entries: JsonObject,
    extended: dict[str, int],
    schema: CodeFile,
) -> Iterator[Finding]:
    add = f"Run `kitcn add {plugin.name}`"
    locked = plugin.name in entries
    present = [name for name in plugin.files if _path(project, name).is_file()]
    line = extended.get(plugin.extension)
    if line is not None:
        for name in plugin.files:
            path = _path(project, name)
            if name not in present and not (locked and _is_listed(project, entries, plugin.name, path)):
                yield finding(
                    "plugin-incomplete",
                    f"The schema extends {plugin.extension}, but {project.relative(path)} is missing.",
                    f"{add}; it writes the plugin's files.",
                    place=Place(schema.name, line),
                )
        if not locked and len(present) == len(plugin.files):
            yield finding(
                "plugin-incomplete",
                f"The {plugin.name} plugin is in the schema, but not in plugins.lock.json.",
                f"{add}, so that kitcn knows of it and can update it.",
                level="warning",
                place=Place(schema.name, line),
            )
        return
    if locked:
        assert lock is not None
        yield finding(
            "plugin-incomplete",
            f"The {plugin.name} plugin is in the lock file, but the schema does not extend {plugin.extension}.",
            f"Add `.extend({plugin.extension}())` to the schema, or {add[0].lower()}{add[1:]} again.",
            place=Place(project.relative(lock.path), lock.line("plugins", plugin.name)),
        )
    elif present:
        path = _path(project, present[0])
        yield finding(
            "plugin-incomplete",
            f"The {plugin.name} plugin has files, but the schema does not extend {plugin.extension}.",
            f"{add}, or delete its files.",
            place=Place(project.relative(path), 1),
        )


def _half_installed_auth(project: Project, schema: Schema | None) -> Iterator[Finding]:
    file = read_code(project, project.functions_dir / "auth.ts")
    if file is None or not any(name.startswith("kitcn/auth") for name, _exported in imports_of(file).values()):
        return
    place = Place(file.name, 1)
    if not any((project.functions_dir / f"auth.config{ending}").is_file() for ending in (".ts", ".js")):
        fix = "Run `kitcn add auth`; Convex takes its list of providers from that file."
        yield finding("plugin-incomplete", "auth.ts is there, but auth.config.ts is missing.", fix, place=place)
    if schema is None or schema.problems or schema.open:
        return
    missing = [name for name in _AUTH_TABLES if name not in schema.tables]
    if missing:
        yield finding(
            "plugin-incomplete",
            f"auth.ts is there, but the schema has no table {', '.join(missing)}.",
            "Run `kitcn add auth --schema`.",
            # Better Auth can be told other names.
            level="warning",
            place=place,
        )


def _missing_files(project: Project, lock: ConfigurationFile, entries: JsonObject) -> Iterator[Finding]:
    for plugin, entry in entries.items():
        files = entry.get("files") if isinstance(entry, dict) else None
        for key, name in (files if isinstance(files, dict) else {}).items():
            if isinstance(name, str) and not is_file(project.root / name):
                yield finding(
                    "plugin-incomplete",
                    f"{name} of the {plugin} plugin is missing.",
                    f"Run `kitcn add {plugin}` to write it again.",
                    place=Place(project.relative(lock.path), lock.line("plugins", plugin, "files", key)),
                )


def _missing_tables(
    project: Project, lock: ConfigurationFile, entries: JsonObject, schema: Schema
) -> Iterator[Finding]:
    if schema.problems or schema.open:
        return
    known = {name for table in schema.tables.values() for name in (table.name, table.declared_name)}
    for plugin, entry in entries.items():
        described = entry.get("schema") if isinstance(entry, dict) else None
        tables = described.get("tables") if isinstance(described, dict) else None
        for table in tables if isinstance(tables, dict) else {}:
            if table not in known:
                yield finding(
                    "plugin-incomplete",
                    f"Table {table} of the {plugin} plugin is not in the schema.",
                    f"Run `kitcn add {plugin}{' --schema' if plugin == 'auth' else ''}` to add it again.",
                    place=Place(project.relative(lock.path), lock.line("plugins", plugin, "schema", "tables", table)),
                )


def _is_listed(project: Project, entries: JsonObject, plugin: str, path: Path) -> bool:
    """A file that the lock lists is reported with the lock."""
    entry = entries.get(plugin)
    files = entry.get("files") if isinstance(entry, dict) else None
    return project.relative(path) in (files.values() if isinstance(files, dict) else ())


def _extensions(file: CodeFile) -> dict[str, int]:
    """Functions called in the arguments of `.extend(...)`, with their lines."""
    found: dict[str, int] = {}
    for node in walk(file.root):
        callee = node.child_by_field_name("function") if node.type == "call_expression" else None
        member = callee.child_by_field_name("property") if callee is not None else None
        arguments = node.child_by_field_name("arguments") if member is not None else None
        if member is None or arguments is None or file.text(member) != "extend":
            continue
        for argument in arguments.named_children:
            inner = argument.child_by_field_name("function") if argument.type == "call_expression" else None
            if inner is not None:
                found[file.text(inner)] = file.line(argument)
    return found


def _path(project: Project, name: str) -> Path:
    where, _, relative = name.partition(":")
    return (project.lib_dir if where == "lib" else project.functions_dir) / relative
