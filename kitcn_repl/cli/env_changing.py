"""Setting and removing variables, of a deployment or of a project's defaults: the difference first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from kitcn_repl.cli.env_parts import read_file, read_stdin
from kitcn_repl.cli.session import Session
from kitcn_repl.errors import KitcnError

if TYPE_CHECKING:
    from kitcn_repl.explore.environment.places import Variables
    from kitcn_repl.explore.environment.plan import Plan

_ASSIGNMENT = re.compile(r"([a-zA-Z_][a-zA-Z0-9_]*)=(.*)", re.DOTALL)
_STDIN = "-"


@dataclass(frozen=True, slots=True)
class How:
    """`yes` confirms a change of prod; `show` shows values in the difference."""

    dry_run: bool
    yes: bool
    show: bool


@dataclass(frozen=True, slots=True)
class Setting:
    """What to set: `assignments`, or the one variable `name` whose value is still to be read, or else a whole dotenv
    text. `source` is a file, or None for standard input."""

    assignments: Mapping[str, str] = field(default_factory=dict, repr=False)
    name: str | None = None
    source: str | None = None

    @classmethod
    def of(cls, arguments: Sequence[str], from_file: str | None, session: Session) -> Setting:
        """Raises UsageError, which repeats no value."""
        source = None if from_file == _STDIN else from_file
        if not arguments:
            if from_file is None and session.environment.stdin_is_tty:
                raise click.UsageError(
                    "No environment variables specified to be set: give NAME VALUE, NAME=VALUE ..., --from-file FILE,"
                    " or a dotenv file on stdin."
                )
            return cls(source=source)
        pairs = [_ASSIGNMENT.fullmatch(argument) for argument in arguments]
        if len(arguments) == 1 and pairs[0] is None:
            return cls(name=arguments[0], source=source)
        if from_file is not None:
            raise click.UsageError("--from-file and a value contradict each other; give only one of them.")
        if all(pairs):
            return cls(_together([(pair[1], pair[2]) for pair in pairs if pair]))
        if pairs[0] is not None:
            raise click.UsageError(
                f"Give NAME=VALUE ... or NAME VALUE, not both. Are there quotes missing around {pairs[0][1]}=...?"
            )
        if len(arguments) > 2:
            raise click.UsageError("Too many arguments; a value with spaces needs quotes, as in NAME 'two words'.")
        return cls({arguments[0]: arguments[1]})


def _together(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    names = [name for name, _ in pairs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise click.UsageError(f"{twice} is given twice.")
    return dict(pairs)


async def set_in(session: Session, place: Variables, setting: Setting, how: How, *, force: bool) -> None:
    from kitcn_repl.explore.environment.changing import plan_set, refuse_conflicts

    if setting.name is not None:
        wanted: Mapping[str, str] = {setting.name: _value(session, setting.name, setting.source)}
    elif setting.assignments:
        wanted = setting.assignments
    else:
        source = setting.source or "stdin"
        wanted = _from_text(session, setting.source, source)
        if not wanted:
            return
        plan = await plan_set(place, wanted)
        _show(session, place, plan, how)
        if not force:
            refuse_conflicts(plan)
        if await _change(session, place, plan, how):
            _tell_bulk(session, place, plan, f" from {source}")
        return
    plan = await plan_set(place, wanted)
    _show(session, place, plan, how)
    if not await _change(session, place, plan, how):
        return
    if len(wanted) > 1:
        _tell_bulk(session, place, plan, "")
    elif plan.sent:
        _done(session, f"Successfully set {next(iter(wanted))}{place.notice}")
    else:
        session.note(f"{next(iter(wanted))} has this value already{place.notice}")


async def remove_in(
    session: Session, place: Variables, names: Sequence[str], how: How, *, ignore_missing: bool
) -> None:
    from kitcn_repl.explore.environment.changing import listed, plan_remove

    plan = await plan_remove(place, names, ignore_missing=ignore_missing)
    _show(session, place, plan, how)
    if not await _change(session, place, plan, how):
        return
    removed = list(plan.sent)
    if len(removed) == 1:
        _done(session, f"Successfully unset {removed[0]}{place.notice}")
    elif removed:
        _done(session, f"Successfully unset {len(removed)} environment variables: {listed(removed)}{place.notice}")
    else:
        session.note(f"There was nothing to unset{place.notice}")


def names_to_remove(session: Session, names: Sequence[str], from_file: str | None) -> list[str]:
    """The names given, or those that a dotenv file sets."""
    if from_file is None:
        if not names:
            raise click.UsageError("Give the NAMEs of variables to remove, or --from-file FILE that sets them.")
        return list(names)
    if names:
        raise click.UsageError("--from-file and NAMEs contradict each other; give only one of them.")
    found = list(_from_text(session, None if from_file == _STDIN else from_file, from_file))
    if not found:
        raise KitcnError("Nothing was removed.")
    return found


def _value(session: Session, name: str, source: str | None) -> str:
    """The value of one variable from a file, from stdin, or typed where nobody sees it."""
    from kitcn_repl.explore.environment.rules import check_name

    check_name(name)
    if source is not None:
        value = read_file(session, source)
        if value.endswith("\n"):
            session.advise(
                f"The value ends with a line break, as {source} does; kitcn env set {name} < FILE leaves it out."
            )
        return value
    if session.environment.stdin_is_tty:
        typed = session.environment.ask_secret(f"Value of {name} (it is not shown):")
        if not typed:
            raise KitcnError(f"No value was given, so nothing was changed; {name}= sets it to nothing.")
        return typed
    text = read_stdin(session)
    if not text:
        raise KitcnError(f"No value came on stdin, so nothing was changed; {name}= sets it to nothing.")
    return text.removesuffix("\n")


def _from_text(session: Session, path: str | None, source: str) -> Mapping[str, str]:
    from kitcn_repl.explore.environment.changing import listed
    from kitcn_repl.explore.environment.dotenv import read_dotenv_text

    found = read_dotenv_text(read_stdin(session) if path is None else read_file(session, path))
    if found.left_out:
        what = "environment variable" if len(found.left_out) == 1 else "environment variables"
        session.note(f"Skipping {len(found.left_out)} CLI-managed {what}: {listed(found.left_out)}")
    elif not found.variables:
        session.note(f"No environment variables found in {source}.")
    return found.variables


def _show(session: Session, place: Variables, plan: Plan, how: How) -> None:
    """The difference, unless nobody wants to see it and nobody is asked about it."""
    if session.quiet and not how.dry_run and (how.yes or not place.is_prod):
        return
    from kitcn_repl.render.environment import draw_plan

    environment = session.environment
    width = environment.width if environment.stderr_is_tty else None
    for line in draw_plan(plan, environment.err_style, width, show=how.show):
        session.note_drawn(line)


async def _change(session: Session, place: Variables, plan: Plan, how: How) -> bool:
    """Carry it out, if that is wanted."""
    from kitcn_repl.cli.prompts import can_ask, confirm_prod
    from kitcn_repl.explore.environment.changing import carry_out
    from kitcn_repl.render.quantity import counted

    if how.dry_run:
        session.note("Nothing was changed (--dry-run).")
        return False
    confirmed = how.yes
    if plan.sent and place.is_prod and not confirmed and can_ask(session.environment):
        what = f"This changes {counted(len(plan.sent), 'variable')} of {place.title}, which is production"
        confirm_prod(session.environment, what, place.name, yes=False)
        confirmed = True
    await carry_out(place, plan, confirmed=confirmed)
    return True


def _tell_bulk(session: Session, place: Variables, plan: Plan, source: str) -> None:
    counts = (("new", len(plan.of("added"))), ("updated", len(plan.of("changed"))), ("unchanged", len(plan.of("same"))))
    sent, total = len(plan.sent), len(plan.changes)
    if not sent:
        session.note(f"All {total} environment variable{_s(total)}{source} already set{place.notice}")
        return
    parts = ", ".join(f"{number} {word}" for word, number in counts if number)
    told = f" ({parts})" if plan.knows_present else ""
    _done(session, f"Successfully set {sent} environment variable{_s(sent)}{source}{told}{place.notice}")


def _s(number: int) -> str:
    return "" if number == 1 else "s"


def _done(session: Session, sentence: str) -> None:
    from kitcn_repl.render.text import visible

    session.note_drawn(f"{session.environment.err_style.green('✔')} {visible(sentence)}")
