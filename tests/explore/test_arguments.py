"""Arguments against validators: what is told, and that nothing is refused that a server takes."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator

import pytest

from kitcn_repl.deployment.models import FunctionSpec
from kitcn_repl.explore.arguments import argument_validator, problems, takes_ids
from kitcn_repl.explore.calling import parse_arguments
from kitcn_repl.explore.functions import WrongArgumentsError, check_arguments
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.engine.validators import validate
from kitcn_repl.offline.offline import Offline
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.ids import encode_id

TABLES = {10001: "user", 10002: "project"}
USER = encode_id(10001, bytes(range(16)))


def required(validator: JsonValue) -> JsonObject:
    return {"fieldType": validator, "optional": False}


def optional(validator: JsonValue) -> JsonObject:
    return {"fieldType": validator, "optional": True}


def fields(**named: JsonObject) -> JsonObject:
    return {"type": "object", "value": dict(named)}


def union(*members: JsonValue) -> JsonObject:
    return {"type": "union", "value": list(members)}


def literal(value: JsonValue) -> JsonObject:
    return {"type": "literal", "value": value}


STRING: JsonObject = {"type": "string"}
NUMBER: JsonObject = {"type": "number"}
BIGINT: JsonObject = {"type": "bigint"}
NULL: JsonObject = {"type": "null"}
USER_ID: JsonObject = {"type": "id", "tableName": "user"}
STATUS = union(literal("open"), literal("done"), literal("blocked"))
EVENT = union(
    fields(kind=required(literal("text")), body=required(STRING)),
    fields(kind=required(literal("size")), width=required(NUMBER)),
)
TAKES = fields(
    title=optional(STRING),
    limit=optional(NUMBER),
    big=optional(BIGINT),
    done=optional({"type": "boolean"}),
    owner=optional(USER_ID),
    status=optional(STATUS),
    note=optional(union(STRING, NULL)),
    tags=optional({"type": "array", "value": STRING}),
    filter=optional(fields(author=required(fields(name=required(STRING))))),
    rates=optional({"type": "record", "keys": STRING, "values": required(NUMBER)}),
    event=optional(EVENT),
    anything=optional({"type": "any"}),
    unknown=optional({"type": "from the future"}),
)


def told(text: str, validator: JsonObject = TAKES) -> list[str]:
    return [str(problem) for problem in problems(validator, parse_arguments(text), TABLES)]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ('{limit: "5"}', 'limit must be a number, not the string "5" (write 5)'),
        ('{limit: "many"}', 'limit must be a number, not the string "many"'),
        ("{limit: 5n}", "limit must be a number, not the int64 5n (write it without the n)"),
        ("{big: 5}", "big must be an int64, not 5 (write 5n)"),
        ("{title: 5}", "title must be a string, not 5 (write it in quotes)"),
        ("{title: null}", "title must be a string, not null"),
        ('{done: "true"}', 'done must be true or false, not the string "true" (write it without quotes)'),
        (
            '{status: "opn"}',
            'status must be one of "open", "done", "blocked", not the string "opn" (did you mean "open"?)',
        ),
        ("{status: 5}", 'status must be one of "open", "done", "blocked", not 5'),
        ("{note: 5}", "note must be a string or null, not 5 (write it in quotes)"),
        ("{tags: ['a', 5]}", "tags[1] must be a string, not 5 (write it in quotes)"),
        ("{tags: 'a'}", 'tags must be a list, not the string "a"'),
        ("{filter: {author: {}}}", "filter.author.name is missing: it must be a string"),
        ("{filter: {author: {nme: 'x'}}}", "filter.author.nme is not a field there (did you mean name?)"),
        ("{filter: 5}", "filter must be an object, not 5"),
        ("{rates: {a: 1, 'b c': 'x'}}", 'rates["b c"] must be a number, not the string "x"'),
        ("{owner: 'u1'}", 'owner must be an id of user, not the string "u1"'),
        ("{lmit: 5}", "lmit is not a field there (did you mean limit?)"),
        ("{zzzzzz: 5}", "zzzzzz is not a field there"),
        ("{event: {kind: 'size', width: 'x'}}", 'event.width must be a number, not the string "x"'),
        (
            "{event: {kind: 'text', width: 5}}",
            "event.width is not a field there\nevent.body is missing: it must be a string",
        ),
        ("{event: {kind: 'txt', body: 'x'}}", 'event.kind must be "text", not the string "txt" (did you mean "text"?)'),
        (
            "{limit: {$date: '2026-03-02T12:00:00Z'}}",
            "limit must be a number, not the date 2026-03-02T12:00:00Z (in milliseconds it is 1772452800000)",
        ),
        ("{title: {a: 1}}", 'title must be a string, not the object { "a": 1 }'),
    ],
)
def test_what_is_wrong_is_told_with_its_place(written: str, message: str) -> None:
    assert told(written) == message.split("\n")


def test_a_long_value_is_shortened() -> None:
    (message,) = told(f"{{limit: '{'x' * 500}'}}")
    assert len(message) < 120


def test_an_id_of_another_table() -> None:
    other = encode_id(10002, bytes(range(16)))
    assert told(f"{{owner: '{other}'}}") == [f'owner must be an id of user, not one of project ("{other}")']
    assert told(f"{{owner: '{USER}'}}") == []
    assert takes_ids(TAKES)
    assert not takes_ids(fields(a=required(STRING)))


def test_missing_and_misspelt_is_one_problem() -> None:
    assert told("{nme: 'x'}", fields(name=required(STRING))) == ["nme is not a field there (did you mean name?)"]


def test_every_problem_is_told_in_the_order_of_the_arguments() -> None:
    assert [message.partition(" ")[0] for message in told("{title: 1, extra: 2, big: 3}")] == ["title", "extra", "big"]


def test_what_is_not_understood_passes() -> None:
    assert told("{unknown: 5, anything: {a: [1n]}}") == []
    assert told("{note: null, status: 'done', event: {kind: 'text', body: ''}, big: 5n, rates: {}}") == []
    assert argument_validator(None) is None
    assert argument_validator({"type": "any"}) is None
    assert argument_validator("no JSON") is None
    assert argument_validator('{"type": "object", "value": {}}') == fields()


VALUES: tuple[JsonValue, ...] = (
    None,
    True,
    5.0,
    "open",
    "text",
    USER,
    {"$integer": "BQAAAAAAAAA="},
    {"$bytes": "AQI="},
    {"$float": "AAAAAAAA+H8="},
    ["a"],
    [5.0],
    {},
    {"name": "x"},
    {"author": {"name": "x"}},
    {"kind": "text", "body": "x"},
    {"kind": "size", "width": 5.0},
)


def test_it_agrees_with_the_server_on_what_fits() -> None:
    """The server's own check, of which another part of ours is made, over many combinations."""
    draw = random.Random(5)
    taken = TAKES["value"]
    assert isinstance(taken, dict)
    known: JsonObject = {"type": "object", "value": {name: taken[name] for name in taken if name != "unknown"}}
    outcomes = set()
    for _ in range(4000):
        names = draw.sample([*taken, "extra"], draw.randint(0, 3))
        value: JsonObject = {name: draw.choice(VALUES) for name in names if name != "unknown"}
        fits = validate(known, value, TABLES) is None
        assert (problems(known, value, TABLES) == []) == fits, value
        outcomes.add(fits)
    assert outcomes == {True, False}


@pytest.fixture
async def demo() -> AsyncIterator[Offline]:
    offline = Offline(demo_dataset())
    yield offline
    await offline.aclose()


async def test_the_error_tells_what_is_taken(demo: Offline) -> None:
    spec = FunctionSpec("Query", "users.js:list", args=fields(limit=optional(NUMBER), owner=required(USER_ID)))
    with pytest.raises(WrongArgumentsError) as caught:
        await check_arguments(demo, spec, {"limit": "5", "owner": "nobody"})
    assert caught.value.message == (
        'users:list was not called: limit must be a number, not the string "5" (write 5);'
        ' owner must be an id of user, not the string "nobody".'
    )
    assert caught.value.hint == "It takes {limit?: number, owner: id<user>}"
    assert caught.value.exit_code == 1


async def test_only_procedures_take_dates(demo: Offline) -> None:
    spec = FunctionSpec("Query", "tasks.js:due", args=fields(by=required({"type": "any"})))
    args = parse_arguments("{by: {$date: '2026-03-02'}}")
    assert args == {"by": {"__crpc": 1, "t": "$date", "v": 1772409600000}}
    for unknown_or_procedure in (None, True):
        await check_arguments(demo, spec, args, is_procedure=unknown_or_procedure)
    with pytest.raises(WrongArgumentsError, match="none of kitcn's procedures"):
        await check_arguments(demo, spec, args, is_procedure=False)
