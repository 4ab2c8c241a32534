"""`kitcn deployment create`."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import click

from kitcn_repl.cli.click_parts import HelpOnOurStdout, one_of, session_of
from kitcn_repl.cli.deployment.select import refuse_target_flags, write_choice
from kitcn_repl.cli.options import OWN_FORMATS, format_option, quiet_option
from kitcn_repl.cli.prompts import ask, can_ask, choose, confirm_prod
from kitcn_repl.cli.session import Session
from kitcn_repl.errors import UsageError
from kitcn_repl.render.text import visible

if TYPE_CHECKING:
    from pathlib import Path

    from kitcn_repl.explore.deployments.creating import Creator
    from kitcn_repl.explore.deployments.model import DeploymentEntry
    from kitcn_repl.explore.deployments.references import NewReference

TYPES = {"dev": "for one person's work", "preview": "for a branch, for some days", "prod": "for users"}
_ALIASES = {"aws-us-east-1": "us", "aws-eu-west-1": "eu"}


@dataclass(frozen=True, slots=True)
class _Options:
    type: str | None
    region: str | None
    deployment_class: str | None
    expires: int | Literal["unset"] | None
    is_default: bool
    select: bool
    yes: bool
    format: str | None


@click.command(
    "create",
    cls=HelpOnOurStdout,
    epilog="""
    kitcn deployment create dev/my-feature --type dev --select
    kitcn deployment create preview/pr-12 --type preview --expiration 7d
    kitcn deployment create --type prod --default
    """,
)
@click.argument("reference", required=False, metavar="[REFERENCE]")
@click.option("--type", "type_", callback=one_of("type", list(TYPES)), metavar="TYPE", help="dev, preview or prod.")
@click.option(
    "--region", metavar="REGION", help="Where it runs: us, eu or a region's full name; else the team's default."
)
@click.option("--class", "class_", metavar="CLASS", help="How big it is, such as s16 or s256; else the team's default.")
@click.option(
    "--expiration",
    "--expiry",
    "--expires",
    "expiration",
    metavar="WHEN",
    help="When it ends: 7d, 12h, 'in 7 days', 2026-04-01T00:00:00Z, a UNIX time, or none.",
)
@click.option("--default", "is_default", is_flag=True, help="Make it your default dev, or the default prod deployment.")
@click.option("--select", "select", is_flag=True, help="Use it from now on, as kitcn deployment select does.")
@click.option("-y", "--yes", is_flag=True, help="Ask nothing, also for prod.")
@format_option("Print the new deployment on stdout.", OWN_FORMATS)
@quiet_option
@click.pass_context
def create(
    context: click.Context,
    reference: str | None,
    type_: str | None,
    region: str | None,
    class_: str | None,
    expiration: str | None,
    is_default: bool,
    select: bool,
    yes: bool,
    format_: str | None,
) -> int | None:
    """Make a new deployment in this project, or in the one that TEAM:PROJECT:REFERENCE names.

    On a terminal it asks for what is missing; anywhere else it says which flag is. REFERENCE has 3 to 100 characters
    of a-z, 0-9, - and /. `local` is handed to the project's own convex.
    """
    from kitcn_repl.explore.deployments.references import parse_new_reference

    session = session_of(context)
    refuse_target_flags(session, "create")
    wanted = None if reference is None else parse_new_reference(reference)
    expires = _expires(expiration)
    options = _Options(type_, region, class_, expires, is_default, select, yes, format_)
    if wanted is not None and wanted.is_local:
        return _create_local(session, reference or "", options)
    type_ = _type(session, wanted, options)
    _check(session, type_, options)
    session.run(lambda: _create(session, wanted, type_, options))
    return None


def _create_local(session: Session, reference: str, options: _Options) -> int:
    """A local deployment needs a backend to download, which the project's own convex does."""
    from kitcn_repl.cli.passthrough import hand_over

    if options.type or options.region or options.deployment_class or options.is_default or options.expires != "unset":
        raise UsageError("A local deployment takes no --type, --region, --class, --default or --expiration.")
    argv = ["deployment", "create", reference, *(["--select"] if options.select else [])]
    return hand_over(argv, session.environment, "deployment create local")


async def _create(session: Session, wanted: NewReference | None, type_: str, options: _Options) -> None:
    from kitcn_repl.explore.deployments.creating import Wishes, open_creator

    environment = session.environment
    async with await open_creator(wanted, environment.variables, environment.cwd) as creator:
        place = f"{creator.place.team}:{creator.place.project}"
        reference = None if wanted is None else wanted.reference
        if reference is None and not options.is_default:
            reference = _ask_reference(session, type_, place)
        region = await _region(session, creator, type_, options)
        class_ = None if options.deployment_class is None else await creator.check_class(options.deployment_class)
        if type_ == "prod":
            confirm_prod(environment, f"This makes a prod deployment in {place}", place, yes=options.yes)
        created = await creator.create(Wishes(type_, reference, region, class_, options.is_default, options.expires))
        _tell(session, created, options)
        if options.select:
            await write_choice(session, await creator.choice(created))


def _expires(text: str | None) -> int | Literal["unset"] | None:
    if text is None:
        return "unset"
    from kitcn_repl.explore.deployments.expiration import parse_expiration

    return parse_expiration(text, time.time())


def _type(session: Session, wanted: NewReference | None, options: _Options) -> str:
    """The type, asked for if need be. Raises UsageError that names all that is missing where nobody can be asked."""
    asks = _asks(session, options)
    missing = []
    if wanted is None and not options.is_default and not asks:
        missing.append("a REFERENCE (or --default)")
    if options.type is None and not asks:
        missing.append("--type dev|preview|prod")
    if missing:
        raise UsageError(f"kitcn deployment create needs {' and '.join(missing)} where nobody is asked.")
    if options.type is not None:
        return options.type
    return choose(session.environment, "Which type of deployment?", TYPES, default="dev")


def _asks(session: Session, options: _Options) -> bool:
    return can_ask(session.environment) and not options.yes


def _check(session: Session, type_: str, options: _Options) -> None:
    """What can be known to be wrong before anybody is asked. Raises UsageError, or KitcnError for files."""
    if options.is_default and type_ == "preview":
        raise UsageError("--default is for dev and prod deployments; a preview is nobody's default.")
    if options.select and type_ == "prod":
        raise UsageError("--select cannot be used with --type prod: a prod deployment is never selected for good.")
    if type_ == "prod" and not options.yes and not can_ask(session.environment):
        raise UsageError("Making a prod deployment needs --yes where nobody can be asked.")
    if options.select:
        from kitcn_repl.explore.deployments.choosing import check_selectable

        check_selectable(session.environment.variables, session.environment.cwd)


def _ask_reference(session: Session, type_: str, place: str) -> str:
    from kitcn_repl.explore.deployments.references import reference_of_branch, reference_problem

    environment = session.environment
    suggested = reference_of_branch(_git_branch(environment.cwd), type_)
    environment.stderr.write(environment.err_style.dim("A reference is such as staging or dev/james/feature.") + "\n")
    question = f"What shall it be called in {visible(place)}?"
    return ask(environment, question, default=suggested, problem=reference_problem)


async def _region(session: Session, creator: Creator, type_: str, options: _Options) -> str | None:
    """Asked for only where the team has no default."""
    if options.region is not None:
        return await creator.check_region(options.region)
    if not _asks(session, options):
        return None
    default = await creator.default_region()
    if default is not None:
        session.aside(f"Region: {default}, the team's default")
        return default
    regions = {_ALIASES.get(name, name): shown for name, shown in (await creator.regions()).items()}
    word = choose(session.environment, f"Where shall this {type_} deployment run?", regions)
    return await creator.check_region(word)


def _git_branch(cwd: Path) -> str | None:
    import shutil
    import subprocess

    git = shutil.which("git")
    if git is None:
        return None
    try:
        done = subprocess.run(
            [git, "rev-parse", "--abbrev-ref", "HEAD"],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _tell(session: Session, created: DeploymentEntry, options: _Options) -> None:
    from kitcn_repl.render.ages import utc_text

    style = session.environment.err_style
    default = "default " if created.is_default else ""
    name = style.bold(visible(f"{created.reference or ''} · {created.name}"))
    session.note_drawn(f"{style.green('✔')} Made a new {default}{created.type} deployment: {name}")
    if created.expires is not None:
        session.aside(f"  expires {utc_text(created.expires)}")
    if not options.select:
        if created.dashboard:
            session.aside(f"  {created.dashboard}")
        if created.type != "prod":
            session.aside(f"  kitcn deployment select {created.selector} selects it.")
    if options.format is not None:
        from kitcn_repl.cli.deployment.rows import write_entries

        write_entries(session, [created], options.format)
