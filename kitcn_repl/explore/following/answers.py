"""What `follow.js` answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kitcn_repl.deployment.errors import MalformedAnswerError
from kitcn_repl.values import JsonObject, JsonValue


@dataclass(frozen=True, slots=True)
class Answer:
    """To one question: the first documents, how many there are (or at least are), and ids that lead nowhere.

    `scanned` is how many documents were looked through at most, where that was necessary.
    """

    documents: tuple[JsonObject, ...]
    count: int
    exact: bool
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    scanned: int | None = None

    def with_scan(self, documents: int | None) -> Answer:
        return replace(self, scanned=documents)


def read_answers(value: JsonValue, number: int) -> list[Answer | None]:
    """An answer for each question, None for one that there was no room for. Raises MalformedAnswerError."""
    fields = value if isinstance(value, dict) else {}
    pools, answers = fields.get("pools"), fields.get("answers")
    if not isinstance(pools, list) or not isinstance(answers, list) or len(answers) != number:
        raise MalformedAnswerError("The deployment answered a query for related documents with something else.")
    documents = list(_documents(pools))
    return [None if answer is None else _answer(answer, documents) for answer in answers]


def _documents(pools: list[JsonValue]) -> Iterator[JsonObject]:
    for pool in pools:
        for document in pool if isinstance(pool, list) else ():
            if isinstance(document, dict):
                yield document


def _answer(answer: JsonValue, documents: list[JsonObject]) -> Answer:
    match answer:
        case [int() | float() as count, bool(exact), list(places), list(missing), failure]:
            return Answer(
                tuple(documents[int(place)] for place in places if isinstance(place, int | float)),
                int(count),
                exact,
                tuple(str(each) for each in missing),
                (failure,) if isinstance(failure, str) else (),
            )
    raise MalformedAnswerError("The deployment answered a query for related documents with something else.")
