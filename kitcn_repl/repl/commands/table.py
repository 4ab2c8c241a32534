"""The one table of the shell's commands: what runs them, what completes them, and their help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Takes = Literal["nothing", "table", "table or id", "deployment", "command", "format", "keys", "switch", "saved", "file"]
"""What completion offers for the first argument."""


@dataclass(frozen=True, slots=True)
class Command:
    """`argv` is the command of the command line that it stands for; the others are `module:function` of ours, which
    takes the shell and the words behind the name. `examples` are lines of help."""

    name: str
    arguments: str
    summary: str
    argv: tuple[str, ...] = ()
    place: str = ""
    takes: Takes = "nothing"
    aliases: tuple[str, ...] = ()
    alone: tuple[str, ...] | None = None
    """The command of the command line where no words follow."""


_OWN: Final = "kitcn_repl.repl.commands"

GROUPS: Final[tuple[tuple[str, tuple[Command, ...]], ...]] = (
    (
        "Look around",
        (
            Command("tables", "", "the tables, with their documents counted", ("data",)),
            Command("data", "TABLE", "the newest documents of a table", ("data",), takes="table"),
            Command("get", "ID", "one document; its id says where it is", ("get",)),
            Command("schema", "[TABLE]", "fields and indexes", ("schema",), takes="table"),
            Command("relations", "[TABLE | ID]", "how tables refer to each other; walk from an id",
                    ("relations",), takes="table or id"),
            Command("functions", "[PATTERN]", "what is deployed", ("functions",)),
            Command("call", "FUNCTION [ARGS]", "call a deployed query", ("run",)),
            Command("logs", "", "what functions log, until ctrl-c", ("logs",)),
            Command("insights", "", "read limits, write conflicts, what helps", ("insights",)),
            Command("doctor", "", "what is wrong with project, schema or data", ("doctor",)),
            Command("state", "", "aggregates, migrations, scheduled functions", ("state",)),
            Command("env", "[list | get | set | ...]", "environment variables", ("env",), alone=("env", "list")),
        ),
    ),
    (
        "Where",
        (
            Command("use", "SELECTOR", "ask another deployment from now on", place=f"{_OWN}.where:use",
                    takes="deployment"),
            Command("deployment", "", "which deployment this is, and why", ("deployment",),
                    alone=("deployment", "show")),
            Command("deployments", "", "all that can be reached", ("deployment", "list")),
            Command("component", "[PATH]", "ask a mounted component, or none again",
                    place=f"{_OWN}.where:component"),
            Command("open", "[TABLE | ID]", "go on in full screen; ctrl-q comes back",
                    place=f"{_OWN}.where:open_application", takes="table or id", aliases=("tui",)),
        ),
    ),
    (
        "Results",
        (
            Command("format", "[auto | table | json]", "how results show", place=f"{_OWN}.looks:format_",
                    takes="format"),
            Command("show", "[NAME] [FORMAT]", "a result again; --show-secrets unmasks",
                    place=f"{_OWN}.results:show_again"),
            Command("copy", "[NAME]", "a result as JSON to the clipboard", place=f"{_OWN}.results:copy"),
            Command("export", "FILE [NAME]", "a result to a .json, .jsonl, .csv or .md file",
                    place=f"{_OWN}.results:export", takes="file"),
            Command("names", "", "results and variables that queries can use", place=f"{_OWN}.results:names",
                    aliases=("vars",)),
        ),
    ),
    (
        "Queries",
        (
            Command("history", "[WORDS]", "earlier queries of this project", place=f"{_OWN}.queries:history"),
            Command("save", "NAME", "keep the last query under a name", place=f"{_OWN}.queries:save"),
            Command("saved", "[NAME]", "the queries that were kept, or the text of one",
                    place=f"{_OWN}.queries:saved", takes="saved"),
            Command("run", "NAME | FILE", "run a saved query, or a file", place=f"{_OWN}.queries:run",
                    takes="saved"),
            Command("edit", "[NAME]", "the last query, or a saved one, in $EDITOR",
                    place=f"{_OWN}.queries:edit", takes="saved"),
        ),
    ),
    (
        "The shell",
        (
            Command("help", "[COMMAND]", "this, or more of one command", place=f"{_OWN}.helping:help_",
                    takes="command", aliases=("h", "?")),
            Command("keys", "[emacs | vi]", "which keys edit", place=f"{_OWN}.looks:keys", takes="keys"),
            Command("pager", "[on | off]", "long output through $PAGER",
                    place=f"{_OWN}.looks:pager", takes="switch"),
            Command("refresh", "", "learn the tables again, for the menu", place=f"{_OWN}.where:refresh"),
            Command("kitcn", "COMMAND ...", "any command of the command line", place=f"{_OWN}.handed:any_command"),
            Command("clear", "", "clear the screen", place=f"{_OWN}.looks:clear"),
            Command("quit", "", "leave; ctrl-d does too", place=f"{_OWN}.looks:quit_", aliases=("exit", "q")),
        ),
    ),
)  # fmt: skip

COMMANDS: Final[dict[str, Command]] = {command.name: command for _, commands in GROUPS for command in commands}
_ALIASES: Final = {alias: command for command in COMMANDS.values() for alias in command.aliases}


def find(name: str) -> Command | None:
    return COMMANDS.get(name) or _ALIASES.get(name)
