"""`kitcn run --inline-query`: the answer on stdout; logs, read cost, notices and hints on stderr."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kitcn_repl.cli.output import write_value
from kitcn_repl.cli.session import Session
from kitcn_repl.deployment.errors import QueryFailedError
from kitcn_repl.render.quantity import byte_size, count, counted, duration
from kitcn_repl.values import JsonValue

if TYPE_CHECKING:
    from kitcn_repl.explore.inline.envelope import ReadCost
    from kitcn_repl.explore.inline.run import InlineResult


async def evaluate(
    session: Session,
    text: str,
    constants: Mapping[str, JsonValue],
    component: str,
    format_: str | None,
    show_secrets: bool,
) -> None:
    """Run the query and print what came back. A failure comes out as a KitcnError that shows the user's own line."""
    from kitcn_repl.explore.inline import run_inline

    async with session.deployment() as (_target, deployment):
        try:
            result = await run_inline(deployment, text, args=constants, component=component)
        except QueryFailedError as error:
            _log(session, error.log_lines)
            raise
    _log(session, result.log_lines)
    write_value(session, result.value, format_, show_secrets=show_secrets, print_null=False)
    session.aside(_summary(result))
    for notice in result.notices:
        session.advise(notice)


def _log(session: Session, lines: Sequence[str]) -> None:
    for line in lines:
        session.note(line)


def _summary(result: InlineResult) -> str:
    if result.cost is None:
        return duration(result.elapsed)
    return f"{_cost(result.cost)} · {duration(result.elapsed)}"


def _cost(cost: ReadCost) -> str:
    return (
        f"read {count(cost.documents_read)} of {count(cost.documents_limit)} documents, "
        f"{byte_size(cost.bytes_read)} of {byte_size(cost.bytes_limit)}, {counted(cost.queries, 'query', 'queries')}"
    )
