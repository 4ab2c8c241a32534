"""Options that many commands share, declared once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from kitcn_repl.cli.click_parts import one_of, session_of

F = TypeVar("F", bound=Callable[..., Any])

OWN_FORMATS = ("table", "json", "jsonl", "csv", "markdown")
FORMATS = (*OWN_FORMATS, "pretty", "jsonArray", "jsonLines")
"""With the names of the genuine CLI, for what that prints too."""


def _remember(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Target flags may stand before or after the command, so they are collected in the session."""
    if value is None or value is False or context.resilient_parsing:
        return
    flags = session_of(context).flags
    assert parameter.name is not None
    if flags.setdefault(parameter.name, value) != value:
        raise click.UsageError(f"{parameter.opts[0]} is given twice, with different values.", context)


def _be_quiet(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        session_of(context).quiet = True


def _target_option(*names: str, **settings: Any) -> Callable[[F], F]:
    return click.option(*names, expose_value=False, callback=_remember, **settings)


_OFFLINE_OPTIONS = (
    _target_option("--demo", is_flag=True, help="The built-in demo deployment."),
    _target_option("--snapshot", metavar="ZIP", help="An export ZIP file, opened as a deployment."),
    _target_option(
        "--deployment",
        metavar="SELECTOR",
        help="dev, prod, local, a deployment's name or reference, PROJECT:REFERENCE, TEAM:PROJECT:REFERENCE, an http(s)://"
        " address, demo, snapshot:FILE.zip or sqlite:FILE.",
    ),
)
_LIVE_OPTIONS = (
    _target_option("--prod", is_flag=True, help="The default production deployment of this project."),
    _target_option("--preview-name", metavar="NAME", help="The preview deployment of this name."),
    _target_option("--deployment-name", metavar="NAME", help="The deployment of this name."),
    _target_option("--env-file", metavar="FILE", help="Read what selects the deployment from this file alone."),
    _target_option("--url", metavar="URL", help="The address of a deployment; needs --admin-key."),
    _target_option("--admin-key", metavar="KEY", help="The admin key for --url."),
)
quiet_option = click.option(
    "-q",
    "--quiet",
    is_flag=True,
    expose_value=False,
    callback=_be_quiet,
    help="Do not say which deployment answers, nor what the query cost.",
)


def target_options(command: F) -> F:
    """Which deployment; for every command and for the groups around them."""
    for option in reversed((*_OFFLINE_OPTIONS, *_LIVE_OPTIONS, quiet_option)):
        command = option(command)
    return command


def offline_target_options(command: F) -> F:
    """As `target_options`, for a command that needs the data files."""
    for option in reversed((*_OFFLINE_OPTIONS, quiet_option)):
        command = option(command)
    return command


def format_option(
    help_text: str = "How to print; by default a table on a terminal, the genuine CLI's text on a pipe.",
    formats: Sequence[str] = FORMATS,
) -> Callable[[F], F]:
    return click.option(
        "--format",
        "format_",
        callback=one_of("format", formats),
        metavar="FORMAT",
        help=f"{help_text} FORMAT is one of {', '.join(formats)}.",
    )


component_option = click.option(
    "--component", metavar="PATH", help="A mounted component, such as workflow or workflow/workpool."
)
secrets_option = click.option("--show-secrets", is_flag=True, help="Show credentials, which are masked on a terminal.")


def component_path(value: str | None) -> str:
    """The component that was asked for; the root is left out or `_App`, as in the genuine CLI."""
    if value is None:
        return ""
    path = value.strip()
    if not path:
        raise click.UsageError("--component must not be empty.")
    return "" if path == "_App" else path
