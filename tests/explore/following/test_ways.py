"""Which ways are offered, and how they are read."""

from __future__ import annotations

import pytest

from kitcn_repl.explore.following.access import access
from kitcn_repl.explore.following.conditions import conditions
from kitcn_repl.explore.following.ways import Way, ways
from kitcn_repl.schema.edges import edges
from kitcn_repl.schema.model import Field, ForeignKey, Index, Origin, Relation, Schema, Table, Through
from kitcn_repl.values import JsonObject
from tests.schema.deployments import STRING, array, id_of, obj


def _table(name: str, *keys: ForeignKey, **fields: JsonObject) -> Table:
    return Table(
        name,
        {field: Field(field, validator, False, origins=("source",)) for field, validator in fields.items()},
        foreign_keys=keys,
    )


def _ways(table: str, *tables: Table, relations: tuple[Relation, ...] = ()) -> list[Way]:
    schema = Schema({each.name: each for each in tables}, relations)
    return ways(schema, edges(schema), table)


def _labels(found: list[Way]) -> list[tuple[str, str]]:
    return [(way.direction, way.label) for way in found]


USER = _table("user")
SESSION = _table("session", userId=id_of("user"))
TO_USER = Relation("session", "user", "one", "user", ("userId",), ("_id",), inverse="sessions")
TO_SESSIONS = Relation("user", "sessions", "many", "session", ("_id",), ("userId",), inverse="user")


def test_of_inverse_relations_each_end_is_offered_its_own_only() -> None:
    relations = (TO_SESSIONS, TO_USER)
    assert _labels(_ways("user", USER, SESSION, relations=relations)) == [("forward", "sessions")]
    assert _labels(_ways("session", USER, SESSION, relations=relations)) == [("forward", "user")]


def test_without_an_inverse_the_way_back_is_offered() -> None:
    assert _labels(_ways("user", USER, SESSION, relations=(TO_USER,))) == [("backward", "session.userId")]
    assert _labels(_ways("session", USER, SESSION, relations=(TO_USER,))) == [("forward", "user")]
    plain = _table("session", userId=STRING)
    assert _labels(_ways("session", USER, plain, relations=(TO_SESSIONS,))) == [("backward", "user.sessions")]


def test_a_fact_is_the_inverse_of_a_relation_too() -> None:
    assert _labels(_ways("user", USER, SESSION, relations=(TO_SESSIONS,))) == [("forward", "sessions")]
    assert _labels(_ways("session", USER, SESSION, relations=(TO_SESSIONS,))) == [("forward", "userId")]


def test_a_filtered_relation_does_not_stand_for_all_of_the_way() -> None:
    active = Relation("user", "active", "many", "session", ("_id",), ("userId",), where='{ state: "active" }')
    found = _ways("user", USER, SESSION, relations=(active,))
    assert _labels(found) == [("forward", "active"), ("backward", "session.userId")]
    assert found[0].conditions == (("state", "active"),)


def test_several_edges_over_the_same_columns_lead_back_once() -> None:
    again = Relation("session", "owner", "one", "user", ("userId",), ("_id",))
    assert _labels(_ways("user", USER, SESSION, relations=(TO_USER, again))) == [("backward", "session.userId")]


def test_a_table_that_refers_to_itself_goes_both_ways() -> None:
    page = _table("page", parentId=id_of("page"))
    assert _labels(_ways("page", page)) == [("forward", "parentId"), ("backward", "page.parentId")]
    children = Relation("page", "children", "many", "page", ("_id",), ("parentId",))
    parent = Relation("page", "parent", "one", "page", ("parentId",), ("_id",))
    assert _labels(_ways("page", page, relations=(parent, children))) == [
        ("forward", "parent"),
        ("forward", "children"),
    ]


def test_through_a_junction_in_both_directions() -> None:
    teams = Relation("user", "teams", "many", "team", ("_id",), ("_id",), Through("member", ("userId",), ("teamId",)))
    (forward,) = _ways("user", USER, _table("team"), relations=(teams,))
    (backward,) = _ways("team", USER, _table("team"), relations=(teams,))
    assert forward.junction is not None
    assert backward.junction is not None
    assert (forward.junction.entry, forward.junction.exit, forward.end) == (("userId",), ("teamId",), "team")
    assert (backward.junction.entry, backward.junction.exit, backward.end) == (("teamId",), ("userId",), "user")
    assert backward.label == "user.teams"
    members = Relation("team", "users", "many", "user", ("_id",), ("_id",), Through("member", ("teamId",), ("userId",)))
    assert _labels(_ways("team", USER, _table("team"), relations=(teams, members))) == [("forward", "users")]


def test_system_tables_are_asked_for_ids_only() -> None:
    image = _table("image", file=id_of("_storage"))
    assert _labels(_ways("image", image)) == [("forward", "file")]
    assert _labels(_ways("_storage", image)) == [("backward", "image.file")]
    odd = Relation("image", "byHash", "one", "_storage", ("hash",), ("sha256",))
    assert _labels(_ways("image", _table("image", hash=STRING), relations=(odd,))) == []


def _access(
    fields: tuple[str, ...], *indexes: Index, dialect: str = "kitcn", **validators: JsonObject
) -> tuple[str, tuple[int, ...], str | None, str | None]:
    table = Table(
        "t",
        {name: Field(name, validator, False) for name, validator in validators.items()},
        indexes=indexes,
    )
    schema = Schema({"t": table}, dialect=dialect)  # type: ignore[arg-type]
    (edge,) = edges(Schema({"t": Table("t", {}, foreign_keys=(ForeignKey(fields, "u", ("_id",)),))}))
    found = access(schema, edge, "t", fields)
    return found.kind, found.prefix, found.index, found.advice


def _index(
    name: str,
    *fields: str,
    origins: tuple[Origin, ...] = ("deployment",),
    state: str | None = "done",
    staged: bool = False,
) -> Index:
    return Index(name, "database", fields, origins=origins, state=state, staged=staged)


def test_the_index_whose_first_fields_serve() -> None:
    assert _access(("a",), _index("by_b", "b", "a"), _index("by_a", "a", "c")) == ("index", (0,), "by_a", None)


def test_the_shortest_of_those_that_serve_equally() -> None:
    assert _access(("a",), _index("long", "a", "c"), _index("short", "a")) == ("index", (0,), "short", None)


def test_the_longest_prefix_of_a_composite_key() -> None:
    indexes = (_index("one", "a"), _index("two", "b", "a"), _index("other", "c", "a", "b"))
    assert _access(("a", "b"), *indexes) == ("index", (1, 0), "two", None)
    assert _access(("a", "b"), _index("one", "b", "c")) == ("index", (1,), "one", 'index("a_b").on(t.a, t.b)')


@pytest.mark.parametrize(
    "index",
    [
        _index("x", "a", staged=True),
        _index("x", "a", state="backfilling"),
        _index("x", "a", origins=("source",), state=None),
        Index("x", "search", ("a",), origins=("deployment",)),
    ],
    ids=["staged", "backfilling", "not deployed", "search"],
)
def test_indexes_that_cannot_be_queried(index: Index) -> None:
    assert _access(("a",), index) == ("scan", (), None, 'index("a").on(t.a)')


def test_advice_in_the_dialect_of_the_source() -> None:
    assert _access(("a", "b"))[3] == 'index("a_b").on(t.a, t.b)'
    assert _access(("a", "b"), dialect="convex")[3] == '.index("by_a_b", ["a", "b"])'
    assert _access(("m.a",), m=obj(a=STRING))[3] == 'index("m_a").on(t.m.a)'


def test_no_index_reaches_into_an_array() -> None:
    index = _index("by_ids", "ids")
    assert _access(("ids",), index, ids=array(id_of("u"))) == ("scan", (), None, None)
    nested = _index("by_id", "m.ids")
    assert _access(("m.ids",), nested, m=obj(ids=array(STRING)))[0] == "scan"
    assert _access(("m.id",), _index("by_id", "m.id"), m=obj(id=STRING))[0] == "index"


def test_ids_and_creation_times_need_no_index() -> None:
    assert _access(("a", "_id")) == ("id", (1,), None, None)
    assert _access(("_creationTime",)) == ("index", (0,), "by_creation_time", None)


@pytest.mark.parametrize(
    ("where", "known", "ignored"),
    [
        (None, (), False),
        ("{ published: true }", (("published", True),), False),
        ("{ state: 'x', n: { eq: 3 } }", (("state", "x"), ("n", 3)), False),
        ("{ deletedAt: { isNull: true } }", (("deletedAt", None),), False),
        ("{ id: 'x' }", (("_id", "x"),), False),
        ("{ n: { gt: 3 } }", (), True),
        ("{ OR: [{ a: 1 }] }", (), True),
        ("{ state: STATES.open }", (), True),
        ("(t) => eq(t.a, 1)", (), True),
        ("{ n: 1, m: { ne: 2 } }", (), True),
    ],
)
def test_filters_that_are_plain_equality(where: str | None, known: object, ignored: bool) -> None:
    assert conditions(where) == (known, where if ignored else None)
