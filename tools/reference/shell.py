"""docs/reference/shell.md: the commands of `kitcn repl`."""

from __future__ import annotations

from collections.abc import Iterator

from kitcn_repl.repl.commands.helping import KEYS, QUERIES
from kitcn_repl.repl.commands.table import GROUPS, Command
from kitcn_repl.repl.settings import Settings
from tools.reference.markdown import code, page, table


def shell_page() -> str:
    return page(
        "Commands of the shell",
        "What `kitcn repl` knows besides queries; [the guide](../guide/shell.md) shows it at work.",
        *(part for title, commands in GROUPS for part in _group(title, commands)),
        "## Queries",
        table(("text", "what it is"), [(code(text), meaning) for text, meaning in QUERIES]),
        "## Keys",
        table(("key", "what it does"), [(code(key), meaning) for key, meaning in KEYS]),
        "## What is kept",
        "`.format`, `.keys` and `.pager` are kept for the next time, in the [state folder](settings.md#files).",
        table(
            ("name", "values", "default"),
            [
                (code(name), ", ".join(code(str(value)) for value in _values(name)), code(str(field.default)))
                for name, field in Settings.model_fields.items()
            ],
        ),
    )


def _values(name: str) -> list[object]:
    schema = Settings.model_json_schema()["properties"][name]
    found: list[object] = schema.get("enum", [True, False])
    return found


def _group(title: str, commands: tuple[Command, ...]) -> Iterator[str]:
    yield f"## {title}"
    rows = []
    for command in commands:
        also = f" Also {', '.join(code(f'.{alias}') for alias in command.aliases)}." if command.aliases else ""
        as_command = f"`kitcn {' '.join(command.argv)}`, with its options" if command.argv else ""
        rows.append((code(f".{command.name} {command.arguments}".rstrip()), f"{command.summary}.{also}", as_command))
    yield table(("command", "what it does", "is"), rows)
