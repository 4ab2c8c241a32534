"""Related documents of any documents, in both directions, read together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.explore.following.access import Access
from kitcn_repl.explore.following.answers import Answer, read_answers
from kitcn_repl.explore.following.questions import SCAN, Batch, Key, Question, Route, batches, keys_of, route
from kitcn_repl.explore.following.ways import Way, ways
from kitcn_repl.explore.inline.envelope import ReadCost, unwrap
from kitcn_repl.explore.knowledge import Knowledge
from kitcn_repl.values import JsonObject
from kitcn_repl.values.ids import IdError, decode_id

_MOST_MODULES = 8
_MOST_DOCUMENTS = 4096


@dataclass(frozen=True, slots=True)
class Count:
    """`n` documents; at least so many unless `exact`."""

    n: int
    exact: bool

    def __str__(self) -> str:
        return f"{self.n:,}" if self.exact else f"at least {self.n:,}"


@dataclass(frozen=True, slots=True)
class Related:
    """Where a way leads from one document.

    `documents` are the first of them, newest first; `count` tells of all. `via` says how they were found: an index's
    name, `by id`, `scan of at most N documents`; through a junction both steps. `advice` is the line that would make an
    inexact count exact. `dangling` are ids that refer to a deleted document. `notes` are for people.
    """

    document_id: str
    way: Way
    documents: tuple[JsonObject, ...]
    count: Count
    via: str
    advice: str | None = None
    dangling: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Following:
    """Per document, in order, what each way found. `costs` are the read costs of the modules that ran, as far as the
    server measures."""

    related: tuple[tuple[Related, ...], ...]
    costs: tuple[ReadCost, ...] = ()


@dataclass(slots=True)
class _Start:
    document_id: str
    way: Way
    route: Route
    keys: list[Key]
    all_keys: bool
    questions: list[Question] = field(default_factory=list)


class Follower:
    """Follows the edges of `knowledge` in its component of `deployment`. Reads only, and within the limits of queries:
    everything is read by one query module, or few for very many documents, and never by a query per document."""

    def __init__(self, deployment: Deployment, knowledge: Knowledge) -> None:
        self._deployment = deployment
        self._knowledge = knowledge

    def table_of(self, document: JsonObject) -> str | None:
        """The table that a document's id belongs to in this component."""
        return self._table(str(document.get("_id")))

    def ways(self, table: str) -> list[Way]:
        """Where one can go from documents of a table."""
        return ways(self._knowledge.schema, self._knowledge.edges, table)

    async def related(
        self, documents: Sequence[JsonObject], *, along: Sequence[Way] | None = None, limit: int = 10
    ) -> Following:
        """Follow `along`, or every way there is, from each document; give `limit` documents (4,096 at most) for each.

        Ways that do not start at a document's table are passed over for it. Raises a DeploymentError if nothing could
        be read at all.
        """
        starts = [self._starts(document, along) for document in documents]
        questions = {question.identity: question for some in starts for start in some for question in start.questions}
        answers, costs = await self._answers(list(questions.values()), max(0, min(limit, _MOST_DOCUMENTS)))
        return Following(
            tuple(tuple(self._related(start, answers, limit) for start in some) for some in starts), tuple(costs)
        )

    def _starts(self, document: JsonObject, along: Sequence[Way] | None) -> list[_Start]:
        table = self.table_of(document)
        if table is None:
            return []
        offered = self.ways(table) if along is None else [way for way in along if way.start == table]
        return [self._start(document, way) for way in offered]

    def _start(self, document: JsonObject, way: Way) -> _Start:
        keys, all_keys = keys_of(document, way.start_fields)
        planned = route(self._knowledge.schema, way)
        step = planned.first
        if step.access.kind == "id":
            place = step.access.prefix[0]
            keys = [key for key in keys if self._may_be_of(key[place], step.table)]
        start = _Start(str(document.get("_id")), way, planned, keys, all_keys)
        start.questions = [Question(planned, key) for key in keys]
        return start

    def _may_be_of(self, value: object, table: str) -> bool:
        """Whether it makes sense to ask `table` for an id: a field of mixed content holds others too."""
        if not isinstance(value, str):
            return False
        try:
            number = decode_id(value).table_number
        except IdError:
            return len(value) >= 22  # may be an id as they were before 2023; the server knows
        return self._knowledge.tables.get(number, table) == table

    def _table(self, document_id: str) -> str | None:
        try:
            return self._knowledge.tables.get(decode_id(document_id).table_number)
        except IdError:
            return None

    async def _answers(
        self, questions: list[Question], limit: int
    ) -> tuple[dict[tuple[object, ...], Answer], list[ReadCost]]:
        """Answers by the question's identity. What one module had no room for is asked by the next."""
        counts = {name: table.count for name, table in self._knowledge.schema.tables.items()}
        answers: dict[tuple[object, ...], Answer] = {}
        costs: list[ReadCost] = []
        waiting = batches(questions) if questions else []
        for _ in range(max(_MOST_MODULES, len(waiting))):
            if not waiting:
                break
            batch = waiting.pop(0)
            left = await self._ask(batch, counts, limit, answers, costs)
            if left and len(left) < len(batch.questions):
                waiting[:0] = batches(left)
        return answers, costs

    async def _ask(
        self,
        batch: Batch,
        counts: Mapping[str, int | None],
        limit: int,
        answers: dict[tuple[object, ...], Answer],
        costs: list[ReadCost],
    ) -> list[Question]:
        module = batch.module(counts, limit)
        result = await self._deployment.run_module(module, component=self._knowledge.component)
        value, cost = unwrap(result.value)
        if cost is not None:
            costs.append(cost)
        found = read_answers(value, len(batch.questions))
        limits = batch.scan_limits(counts)
        left = []
        for question, answer in zip(batch.questions, found, strict=True):
            if answer is None:
                left.append(question)
            else:
                scanned = [limits[step.table] for step in question.route.steps if step.access.kind == "scan"]
                answers[question.identity] = answer.with_scan(max(scanned, default=None))
        return left

    def _related(self, start: _Start, answers: Mapping[tuple[object, ...], Answer], limit: int) -> Related:
        found = [answers.get(question.identity) for question in start.questions]
        documents: dict[str, JsonObject] = {}
        for answer in found:
            for document in answer.documents if answer is not None else ():
                documents.setdefault(str(document.get("_id")), document)
        numbers = [answer.count for answer in found if answer is not None]
        exact = start.all_keys and all(answer is not None and answer.exact for answer in found)
        if len(found) > 1 and not _finds_each_once(start):
            # One document may have been found by several keys: it must not count twice.
            exact = exact and sum(numbers) == len(documents)
            count = Count(max(len(documents), *numbers), exact)
        else:
            count = Count(sum(numbers), exact)
        way = start.way
        notes = [note for answer in found if answer is not None for note in answer.notes]
        if any(answer is None for answer in found):
            notes.append("Not everything was read: it is too much for one question.")
        if way.ignored is not None:
            notes.append(f"The relation's filter is not applied: {way.ignored}")
        scanned = next((answer.scanned for answer in found if answer is not None and answer.scanned), SCAN)
        accesses = [step.access for step in start.route.steps]
        advice = next((each.advice for each in accesses if each.advice is not None), None)
        return Related(
            start.document_id,
            way,
            tuple(documents.values())[:limit],
            count,
            ", then ".join(_said(each, scanned) for each in accesses),
            None if exact else advice,
            tuple(dict.fromkeys(each for answer in found if answer is not None for each in answer.missing)),
            tuple(dict.fromkeys(notes)),
        )


def _finds_each_once(start: _Start) -> bool:
    """Whether no document can answer two different keys: it has one id."""
    return start.route.then is None and start.route.first.access.kind == "id"


def _said(access: Access, scanned: int) -> str:
    if access.kind == "id":
        return "by id"
    return f"index {access.index}" if access.kind == "index" else f"scan of at most {scanned:,} documents"
