"""Listing variables and printing single ones, of a deployment or of a project's defaults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitcn_repl.cli.env_parts import agent
from kitcn_repl.cli.session import Session
from kitcn_repl.errors import UsageError

if TYPE_CHECKING:
    from kitcn_repl.explore.environment.places import Variables
    from kitcn_repl.values import JsonObject


@dataclass(frozen=True, slots=True)
class Listing:
    """How `list` was asked for."""

    names_only: bool
    show: bool
    format: str | None

    def __post_init__(self) -> None:
        if self.names_only and self.show:
            raise UsageError("--names-only and --show contradict each other.")


async def list_in(session: Session, place: Variables, listing: Listing) -> None:
    from kitcn_repl.cli.output import write_rows
    from kitcn_repl.render.secrets import MASK

    variables = await place.read()
    if not variables:
        session.note(f"No environment variables set{place.notice}")
    names = sorted(variables)
    is_human = session.environment.stdout_is_tty and listing.format in (None, "pretty", "table")
    masked = is_human and not listing.show and not listing.names_only
    if listing.format is not None:
        rows: list[JsonObject] = [
            {"name": name} if listing.names_only else {"name": name, "value": MASK if masked else variables[name]}
            for name in names
        ]
        write_rows(session, rows, listing.format)
    elif listing.names_only:
        _print_names(session, names)
    elif masked:
        session.data("".join(f"{name}={MASK}\n" for name in names))
    elif (who := agent(session.environment.variables)) is not None and not listing.show:
        _print_names(session, names)
        session.note(
            f"Listed names only because an AI agent ({who}) appears to be running this command. Pass --include-values"
            " to print the values too."
        )
    else:
        print_dotenv(session, {name: variables[name] for name in names})
    if masked and names:
        session.advise("Values are masked on a terminal; --show shows them.")


async def get_in(session: Session, place: Variables, names: Sequence[str]) -> None:
    """One value as it is; several as lines of a dotenv file."""
    from kitcn_repl.explore.environment.changing import missing_variables

    if len(names) == 1:
        value = await place.one(names[0])
        if value is None:
            raise missing_variables(names, sorted(await place.read()), place)
        session.data(value + "\n")
        return
    variables = await place.read()
    missing = [name for name in dict.fromkeys(names) if name not in variables]
    if missing:
        raise missing_variables(missing, sorted(variables), place)
    print_dotenv(session, {name: variables[name] for name in names})


def print_dotenv(session: Session, variables: Mapping[str, str]) -> None:
    from kitcn_repl.render.dotfile import dotfile_value

    for name, value in variables.items():
        formatted, warning = dotfile_value(value)
        if warning:
            session.note(f"Warning ({name}): {warning}")
        session.data(f"{name}={formatted}\n")


def _print_names(session: Session, names: Sequence[str]) -> None:
    session.data("".join(f"{name}\n" for name in names))
