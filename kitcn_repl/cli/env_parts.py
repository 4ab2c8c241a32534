"""What the `env` commands share: aliases, values that look like options, input, the places that they work on."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import click

from kitcn_repl.cli.click_parts import HelpOnOurStdout, LazyGroup
from kitcn_repl.cli.session import Session
from kitcn_repl.errors import KitcnError

if TYPE_CHECKING:
    from kitcn_repl.explore.environment.places import Variables

ALIASES = {"rm": "remove", "unset": "remove"}

_OPTION = re.compile(r"-[a-zA-Z]|--[a-z][a-z-]*(=.*)?", re.DOTALL)
_ESCAPE = "\0"
"""No argument of a process can hold it."""


class EnvGroup(LazyGroup):
    """With the genuine CLI's other names for `remove`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        return super().resolve_command(ctx, [ALIASES.get(args[0], args[0]), *args[1:]])


class TakesAnyValue(HelpOnOurStdout):
    """A command whose arguments may be values such as `-5` and `-----BEGIN KEY-----`: what has not the form of an
    option is none, and no error repeats it. Arguments come through `values`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, [_ESCAPE + arg if _is_value(arg) else arg for arg in args])


def _is_value(argument: str) -> bool:
    return argument.startswith("-") and argument not in ("-", "--") and not _OPTION.fullmatch(argument)


def values(_context: click.Context, _parameter: click.Parameter, given: Any) -> Any:
    """A callback that gives the arguments of `TakesAnyValue` back as they were."""
    return tuple(value.removeprefix(_ESCAPE) for value in given)


def read_stdin(session: Session) -> str:
    """All of standard input, line ends as they are."""
    stdin = session.environment.stdin
    buffer = getattr(stdin, "buffer", None)
    try:
        text: str = stdin.read() if buffer is None else buffer.read().decode("utf-8")
    except UnicodeDecodeError:
        problem = "stdin is not UTF-8 text."
    except OSError as error:
        problem = f"stdin cannot be read: {error.strerror}."
    else:
        return text
    raise KitcnError(problem)


def read_file(session: Session, given: str) -> str:
    from pathlib import Path

    from kitcn_repl.explore.environment.sides import read_text_file

    return read_text_file(session.environment.cwd / Path(given).expanduser(), given)


@asynccontextmanager
async def deployment_place(session: Session, *, for_change: bool = False) -> AsyncIterator[Variables]:
    """The variables of the deployment that the flags name, which is announced. Raises ReadonlyError for one that
    cannot be changed, before anybody is asked for anything."""
    from kitcn_repl.explore.environment.places import DeploymentVariables, refuse_offline

    async with session.deployment() as (target, deployment):
        if for_change:
            refuse_offline(target)
        yield DeploymentVariables(deployment, target)


@asynccontextmanager
async def defaults_place(
    session: Session, deployment_type: str | None, project: str | None
) -> AsyncIterator[Variables]:
    """The default variables that the flags name, announced."""
    from kitcn_repl.errors import UsageError
    from kitcn_repl.explore.environment.defaults import open_defaults, parse_type, select_project
    from kitcn_repl.targets.target import TargetFlags

    wanted = None if deployment_type is None else parse_type(deployment_type)
    if project is not None and wanted is None:
        raise UsageError("--project needs --type beside it: dev, preview or prod.")
    flags = TargetFlags(**session.flags)
    environment = session.environment
    selection = select_project(flags, project, environment.variables, environment.cwd)
    async with open_defaults(selection, wanted) as place:
        reason = selection.reason if project is None else "--project"
        announce(session, f"{place.title} ({reason})", is_prod=place.is_prod)
        yield place


def announce(session: Session, label: str, *, is_prod: bool) -> None:
    """As `Session.announce`, for what is no deployment."""
    if session.quiet:
        return
    from kitcn_repl.render.text import visible

    style = session.environment.err_style
    session.note_drawn(style.prod(visible(label)) if is_prod else style.dim(visible(label)))


def agent(variables: Mapping[str, str]) -> str | None:
    """The AI agent that runs this process, as far as its variables tell; the names are the genuine CLI's."""
    if variables.get("CONVEX_AGENT_MODE"):
        return "CONVEX_AGENT_MODE"
    named = variables.get("AI_AGENT", "").strip()
    if named:
        return named
    return next((name for variable, name in _AGENTS if variables.get(variable)), None)


_AGENTS = (
    ("CURSOR_TRACE_ID", "cursor"),
    ("CURSOR_AGENT", "cursor-cli"),
    ("GEMINI_CLI", "gemini"),
    ("CODEX_SANDBOX", "codex"),
    ("CODEX_CI", "codex"),
    ("CODEX_THREAD_ID", "codex"),
    ("ANTIGRAVITY_AGENT", "antigravity"),
    ("AUGMENT_AGENT", "augment-cli"),
    ("OPENCODE_CLIENT", "opencode"),
    ("CLAUDECODE", "claude"),
    ("CLAUDE_CODE", "claude"),
    ("REPL_ID", "replit"),
    ("COPILOT_MODEL", "github-copilot"),
    ("COPILOT_ALLOW_ALL", "github-copilot"),
    ("COPILOT_GITHUB_TOKEN", "github-copilot"),
)
