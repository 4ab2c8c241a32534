"""`.help`: drawn from the table of commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitcn_repl.cli.click_parts import did_you_mean
from kitcn_repl.errors import UsageError
from kitcn_repl.repl.commands.table import COMMANDS, GROUPS, Command, find

if TYPE_CHECKING:
    from kitcn_repl.repl.shell import Shell

KEYS = (
    ("enter", "run what is whole, else go on in a new line"),
    ("enter, three times", "run it, whole or not"),
    ("alt-enter", "a new line, always"),
    ("tab", "complete"),
    ("ctrl-r", "search the history"),
    ("ctrl-c", "cancel a query, or clear the line"),
    ("ctrl-d", "leave"),
)
QUERIES = (
    ('ctx.db.query("user").take(5)', "an expression; await may be left out"),
    ("const users = await ...", "variables stay for later queries"),
    ("_.length, _2[0].name", "results are called _1, _2, ..., the last one _"),
)


def help_(shell: Shell, words: list[str]) -> None:
    session = shell.session()
    if words:
        command = find(words[0].lstrip("."))
        if command is None:
            raise UsageError(f"There is no command .{words[0].lstrip('.')}.{did_you_mean(words[0], list(COMMANDS))}")
        session.drawn(_usage(command))
        session.flush()
        if command.argv:
            from kitcn_repl.repl.commands.handed import hand_over

            hand_over(shell, [*command.argv, "--help"])
        return
    style = session.environment.out_style
    width = max(len(_head(command)) for command in COMMANDS.values() if len(_head(command)) < 30)
    lines: list[str] = []
    for title, commands in GROUPS:
        lines.append(style.bold(title))
        for command in commands:
            head = _head(command)
            lines.append(f"  {style.cyan(f'{head:<{width}}')}  {command.summary}")
        lines.append("")
    lines.append(style.bold("Queries in JavaScript"))
    lines += [f"  {style.cyan(f'{text:<{width}}')}  {meaning}" for text, meaning in QUERIES]
    lines += ["", style.bold("Keys")]
    lines += [f"  {style.cyan(f'{text:<{width}}')}  {meaning}" for text, meaning in KEYS]
    session.drawn("\n".join(lines) + "\n")
    session.flush()


def _head(command: Command) -> str:
    return f".{command.name} {command.arguments}".rstrip()


def _usage(command: Command) -> str:
    also = f" (also {', '.join(f'.{alias}' for alias in command.aliases)})" if command.aliases else ""
    return f"{_head(command)}: {command.summary}{also}\n"
