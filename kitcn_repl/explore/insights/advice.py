"""What would help against an insight, told from the schema and from the function's own arguments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Literal

from kitcn_repl.deployment.errors import DeploymentError
from kitcn_repl.deployment.models import FunctionSpec
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.explore.following.access import index_line
from kitcn_repl.explore.functions import display_path
from kitcn_repl.explore.insights.model import Advice, Insight, Report
from kitcn_repl.schema.deployed import declared_tables
from kitcn_repl.schema.model import Index, Schema, Table
from kitcn_repl.targets.target import Target
from kitcn_repl.values import JsonValue

Dialect = Literal["kitcn", "convex"]

_FEW_COMPONENTS = 5


async def with_advice(
    insights: Iterable[Insight], deployment: Deployment, dialect: Dialect | None
) -> tuple[Insight, ...]:
    """The same insights, each with its advice; a deployment that cannot be asked makes it less precise."""
    adviser = _Adviser(deployment, dialect)
    return tuple([replace(insight, advice=await adviser.advice(insight)) for insight in insights])


async def advised(report: Report, target: Target, deployment: Deployment, cwd: Path) -> Report:
    """The report with advice in the words of whoever declares the schema: kitcn's, or Convex's own."""
    if not report.insights:
        return report
    from kitcn_repl.explore.sources import uses_kitcn

    dialect: Dialect = "kitcn" if uses_kitcn(target, cwd) else "convex"
    return replace(report, insights=await with_advice(report.insights, deployment, dialect))


class _Adviser:
    def __init__(self, deployment: Deployment, dialect: Dialect | None) -> None:
        self._deployment = deployment
        self._dialect = dialect
        self._known: dict[str, tuple[Schema, list[FunctionSpec] | None]] = {}

    async def advice(self, insight: Insight) -> Advice:
        if insight.severity == "unknown":
            return Advice()
        schema, specs = await self._component(insight.component)
        spec = _spec(specs, insight.function)
        deployed = None if specs is None else spec is not None
        if insight.known.is_conflict:
            return Advice(tuple(_about_conflict(insight)), None, deployed)
        table = _table_read(insight, schema, spec)
        sentences, index = _about_reads(insight, schema, spec, table)
        return Advice(tuple(sentences), index, deployed)

    async def _component(self, component: str) -> tuple[Schema, list[FunctionSpec] | None]:
        if component not in self._known:
            found: tuple[Schema, list[FunctionSpec] | None] = (Schema(), None)
            if len(self._known) < _FEW_COMPONENTS:
                try:
                    tables = declared_tables(await self._deployment.schema(component) or {})
                    schema = Schema(tables, dialect=self._dialect, component=component)
                    found = schema, await self._deployment.function_spec(component)
                except DeploymentError:
                    pass
            self._known[component] = found
        return self._known[component]


def _about_conflict(insight: Insight) -> Iterable[str]:
    documents: dict[str, int] = {}
    for event in insight.events:
        if event.document:
            documents[event.document] = documents.get(event.document, 0) + 1
    where = f"table {insight.table}" if insight.table else "the same documents"
    hottest = max(documents, key=lambda one: documents[one], default=None)
    if hottest is not None and documents[hottest] * 2 > len(insight.events) and documents[hottest] > 1:
        yield (
            f"{documents[hottest]} of {len(insight.events)} conflicts are about one document ({hottest}):"
            " spread what it holds over several (one for each user or shard), or change it less often."
        )
    else:
        yield (
            f"Read less of {where} before writing: a mutation conflicts with every write to what it has read,"
            " so read single documents by id, or a narrow range of an index."
        )
    others = [writer.function for writer in insight.writers if not writer.itself]
    if others:
        yield (
            f"Do not let {_listed(others)} write at the same time: schedule one of them, or give each its own"
            " documents."
        )
    elif insight.writers:
        yield "It conflicts with itself: call it less often at once, or queue its work (@convex-dev/workpool)."


def _about_reads(
    insight: Insight, schema: Schema, spec: FunctionSpec | None, table: Table | None
) -> tuple[list[str], str | None]:
    paging = "Read in pages (.paginate, or .take with a limit) instead of .collect"
    if table is None:
        tables = insight.reads
        which = f" of {tables[0].table}" if tables else ""
        return [f"{paging}, and use an index that selects no more{which} than is needed."], None
    arguments = [name for name in _arguments(spec) if name in (table.fields or {})]
    served = _serving(table, arguments)
    if served is not None:
        index, field = served
        return [
            f"Read {table.name} through its index {index.name} ({field} is an argument):"
            f' .withIndex("{index.name}", (q) => q.eq("{field}", {field})).',
            f"If it does already: {paging[0].lower()}{paging[1:]}.",
        ], None
    if arguments:
        line = index_line(schema, table.name, (arguments[0],))
        return [
            f"{table.name} has no index on {arguments[0]}, which is an argument: add {line} and read through it.",
            f"{paging}.",
        ], line
    kept = [index.name for index in table.indexes if index.kind == "database"]
    has = f" (those of {table.name}: {', '.join(kept)})" if kept else ""
    return [f"{paging}, or narrow it with an argument that an index starts with{has}."], None


def _table_read(insight: Insight, schema: Schema, spec: FunctionSpec | None) -> Table | None:
    """The table that most is read of: as the events say, else the one whose name the function's file has."""
    if insight.reads:
        return schema.tables.get(insight.reads[0].table)
    if spec is None:
        return None
    module = insight.function.partition(":")[0].rpartition("/")[2].lower()
    named = {module, module.removesuffix("s"), f"{module}s"}
    return next((table for name, table in schema.tables.items() if name.lower() in named), None)


def _serving(table: Table, arguments: list[str]) -> tuple[Index, str] | None:
    for index in table.indexes:
        if index.kind == "database" and not index.staged and index.fields and index.fields[0] in arguments:
            return index, index.fields[0]
    return None


def _arguments(spec: FunctionSpec | None) -> list[str]:
    """Names of the function's arguments, ids first: they select the most."""
    args: JsonValue = spec.args if spec is not None else None
    fields = args.get("value") if isinstance(args, dict) and args.get("type") == "object" else None
    if not isinstance(fields, dict):
        return []
    return sorted(fields, key=lambda name: not _is_id(fields[name]))


def _is_id(field: JsonValue) -> bool:
    validator = field.get("fieldType") if isinstance(field, dict) else None
    return isinstance(validator, dict) and validator.get("type") == "id"


def _spec(specs: list[FunctionSpec] | None, function: str) -> FunctionSpec | None:
    wanted = display_path(function)
    return next((spec for spec in specs or () if spec.identifier and display_path(spec.identifier) == wanted), None)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
