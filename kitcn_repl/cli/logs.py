"""`kitcn logs`."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import click

from kitcn_repl.cli.click_parts import Check, HelpOnOurStdout, one_of, session_of
from kitcn_repl.cli.options import target_options
from kitcn_repl.cli.session import Session
from kitcn_repl.render.quantity import counted

if TYPE_CHECKING:
    from kitcn_repl.cli.log_output import LogOutput
    from kitcn_repl.deployment.protocol import Deployment
    from kitcn_repl.explore.logs.choosing import Wanted
    from kitcn_repl.explore.logs.entry import LogEntry
    from kitcn_repl.explore.logs.following import Trouble
    from kitcn_repl.explore.logs.moments import Moment

_LEVELS = ("DEBUG", "LOG", "INFO", "WARN", "ERROR")
_EVERYTHING = "all"
_QUIET_FAILURES = 5
_PERSISTENCE = 5
"""How many failures in a row `--once` bears."""

Number = int | Literal["all"]


def _number(context: click.Context, parameter: click.Parameter, value: str | None) -> Number | None:
    if value is None:
        return None
    if value == _EVERYTHING:
        return "all"
    if value.isascii() and value.isdecimal() and len(value) < 19:
        return int(value)
    raise click.UsageError(f"{parameter.opts[0]} must be a whole number of at least 0, not {value!r}.", context)


def _text(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None and not value.strip():
        raise click.UsageError(f"{parameter.opts[0]} must not be empty.", context)
    return value


_level: Check = one_of("level", _LEVELS)


def _any_level(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    level: str | None = _level(context, parameter, None if value is None else value.upper())
    return level


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be shown; `history` is how many of the entries that were there before."""

    history: Number | None
    since: Moment | None
    wanted: Wanted
    once: bool
    jsonl: bool
    tree: bool


@click.command(
    cls=HelpOnOurStdout,
    epilog="""
    kitcn logs --history 50
    kitcn logs --once --since 1h --level warn
    kitcn logs --once --request 7f3a9c --tree
    kitcn logs --prod --function 'orders:*' --jsonl
    """,
)
@click.option(
    "--history",
    is_flag=False,
    flag_value=_EVERYTHING,
    callback=_number,
    metavar="[N]",
    help="Begin with the N most recent entries that match; without N with all that the deployment remembers.",
)
@click.option("--tail", is_flag=False, flag_value=_EVERYTHING, callback=_number, hidden=True)
@click.option("--once", is_flag=True, help="Print what there is, all of it without --history, and end.")
@click.option(
    "--since",
    callback=_text,
    metavar="WHEN",
    help="Begin with what was logged since then: 90s, 15m, 1h, 2d, or a time such as 2026-03-02T09:00 (Z for UTC).",
)
@click.option("--success", is_flag=True, help="Also a line for each execution that succeeded.")
@click.option("--jsonl", is_flag=True, help="Print entries as they come from the server, one JSON object per line.")
@click.option("--tree", is_flag=True, help="Print each request as a tree of its calls, once it has ended.")
@click.option(
    "--function", "function", callback=_text, metavar="PATTERN", help="Part of a function's name, or with wildcards."
)
@click.option(
    "--level", callback=_any_level, metavar="LEVEL", help="At least this severe: debug, log or info, warn, error."
)
@click.option("--request", callback=_text, metavar="ID", help="The request of this id, or of what its id begins with.")
@click.option("--grep", callback=_text, metavar="TEXT", help="Only what holds this text, in any case of letters.")
@target_options
@click.pass_context
def logs(
    context: click.Context,
    history: Number | None,
    tail: Number | None,
    once: bool,
    since: str | None,
    success: bool,
    jsonl: bool,
    tree: bool,
    function: str | None,
    level: str | None,
    request: str | None,
    grep: str | None,
) -> None:
    """Watch what functions log, from now on until ctrl-c."""
    from kitcn_repl.explore.logs.choosing import Wanted
    from kitcn_repl.explore.logs.moments import Moment

    session = session_of(context)
    if tree and jsonl:
        raise click.UsageError("--tree draws and --jsonl does not; use one of them.")
    if tail is not None:
        session.note("--tail is unnecessary: kitcn logs follows by itself. It is taken for --history.", colour="yellow")
        history = tail if history is None else history
    wanted = Wanted(function, request, level, grep, success=success)
    asked = Request(history, None if since is None else Moment(since), wanted, once, jsonl, tree)
    session.run(lambda: _logs(session, asked))


async def _logs(session: Session, asked: Request) -> None:
    async with session.deployment() as (target, deployment):
        if target.kind != "live" and not asked.once:
            session.aside("Nothing new is logged here: this is all there is. (kitcn serve makes it a live one.)")
            asked = replace(asked, once=True)
        from kitcn_repl.explore.logs.following import patience

        await _watch(session, deployment, asked, patience(target))


async def _watch(session: Session, deployment: Deployment, asked: Request, patience: float) -> None:
    from kitcn_repl.explore.logs.entry import LogEntry
    from kitcn_repl.explore.logs.following import Pauses, follow

    def tell(trouble: Trouble) -> None:
        if trouble.failures > _QUIET_FAILURES:
            session.note(
                f"Failed to fetch logs: {trouble.error.message} Waiting {trouble.wait:.1f} s before the next try.",
                colour="yellow",
            )

    began = 1000 * time.time()
    pauses = Pauses(attempts=_PERSISTENCE if asked.once else None)
    async with aclosing(follow(deployment, patience=patience, pauses=pauses, on_trouble=tell)) as pages:
        if not asked.once:
            session.aside("Watching logs; ctrl-c ends it.")
            session.flush()
        page = await anext(pages)
        present = 1000 * time.time() if page.present is None else page.present
        wanted = asked.wanted
        if asked.since is not None:
            wanted = replace(wanted, since=asked.since.milliseconds(present))
        output = _output(session, asked, wanted)
        _begin(session, asked, output, [LogEntry(entry) for entry in page.entries], began)
        session.flush()
        if asked.once:
            return
        async with _remembering(session, deployment):
            async for page in pages:
                output.news([LogEntry(entry) for entry in page.entries])
                session.flush()


@asynccontextmanager
async def _remembering(session: Session, deployment: Deployment) -> AsyncIterator[None]:
    """Meanwhile note what `kitcn insights` may be asked about later; nobody waits for that."""
    import asyncio

    from kitcn_repl.explore.insights.history import history_folder
    from kitcn_repl.explore.insights.live import remembering

    async def remember() -> None:
        async with remembering(deployment, history_folder(session.environment.variables)):
            await asyncio.get_running_loop().create_future()

    task = asyncio.ensure_future(remember())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait((task,))


def _output(session: Session, asked: Request, wanted: Wanted) -> LogOutput:
    from kitcn_repl.cli.log_output import JsonlOutput, LineOutput, TreeOutput

    if asked.tree:
        return TreeOutput(session, wanted, once=asked.once)
    return JsonlOutput(session, wanted) if asked.jsonl else LineOutput(session, wanted)


def _begin(session: Session, asked: Request, output: LogOutput, entries: list[LogEntry], began: float) -> None:
    """What was there before. Without a wish for it only what came since we began: the first answer may have that."""
    if asked.history is None and not (asked.once or asked.since or asked.wanted.request):
        fresh = next((at for at, entry in enumerate(entries) if entry.time > began), len(entries))
        output.skip(entries[:fresh])
        output.news(entries[fresh:])
        return
    shown = output.history(entries, asked.history if isinstance(asked.history, int) else None)
    if shown == 0 and asked.history != 0:
        session.aside(_why_nothing(entries))


def _why_nothing(entries: list[LogEntry]) -> str:
    if not entries:
        return "The deployment remembers nothing."
    from kitcn_repl.render.ages import utc_text

    newest = utc_text(int(entries[-1].time))
    return f"Nothing matches; the newest of {counted(len(entries), 'entry', 'entries')} is from {newest}."
