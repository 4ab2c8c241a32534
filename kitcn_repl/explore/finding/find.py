"""Compile a question, run it, and say what could not be had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kitcn_repl.deployment.errors import MalformedAnswerError
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.explore.finding.request import read_request
from kitcn_repl.explore.finding.script import Script, write_script
from kitcn_repl.explore.inline.envelope import ReadCost
from kitcn_repl.explore.inline.run import run_inline
from kitcn_repl.explore.knowledge import Knowledge
from kitcn_repl.values import JsonObject


@dataclass(frozen=True, slots=True)
class Found:
    """`documents` are encoded, each with the relations that were asked for; `more` tells whether further ones fit, or
    where the search was `cut` before its end, may fit.

    `script` is the query that ran. `notes` say what limits ended, or which filter was not applied.
    """

    documents: tuple[JsonObject, ...]
    more: bool
    script: str
    notes: tuple[str, ...] = ()
    cost: ReadCost | None = None
    elapsed: float = 0.0
    log_lines: tuple[str, ...] = ()
    cut: bool = False


async def compile_find(
    deployment: Deployment, knowledge: Knowledge, table: str, settings: Mapping[str, object]
) -> Script:
    """The query for `settings`: `where`, `with`, `order_by` (or `orderBy`), `limit`, `columns`, as in kitcn's ORM.

    Raises UsageError with the path of what is wrong in them.
    """
    level = read_request(knowledge, table, settings)
    return write_script(level, knowledge, await deployment.indexes(knowledge.component))


async def find(deployment: Deployment, knowledge: Knowledge, table: str, settings: Mapping[str, object]) -> Found:
    """The documents of a table that fit, in one inline query with all that they refer to. Raises as `compile_find`.

    Where nothing else is said they come oldest first, or along the index that answers a range in `where`, 100 of them,
    and 100 of each relation with many.
    """
    script = await compile_find(deployment, knowledge, table, settings)
    result = await run_inline(deployment, script.text, component=knowledge.component)
    value = result.value
    if not isinstance(value, dict) or not isinstance(documents := value.get("documents"), list):
        raise MalformedAnswerError("The query's answer is not what was asked for.")
    said = value.get("notes")
    notes = [note for note in said if isinstance(note, str)] if isinstance(said, list) else []
    return Found(
        tuple(document for document in documents if isinstance(document, dict)),
        value.get("more") is True,
        script.text,
        (*script.ignored, *notes, *result.notices),
        result.cost,
        result.elapsed,
        result.log_lines,
        value.get("cut") is True,
    )
