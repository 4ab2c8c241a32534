"""What is said about a source and a deployment that do not agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.offline import Offline
from kitcn_repl.schema.deployed import declared_tables, read_deployed
from kitcn_repl.schema.differences import Difference, differences
from kitcn_repl.schema.model import Dynamic, Field, Index, Origin, Place, Problem, Schema, Table
from kitcn_repl.values import JsonObject
from tests.schema.deployments import NULL, NUMBER, STRING, array, obj, optional, schema, table, union

PLACE = Place("convex/schema.ts", 12)


def _schema(origin: Origin, *tables: JsonObject, counts: Mapping[str, int] | None = None) -> Schema:
    def own(name: str, each: Table) -> Table:
        fields = each.fields and {key: replace(field, origins=(origin,)) for key, field in each.fields.items()}
        indexes = tuple(replace(index, origins=(origin,)) for index in each.indexes)
        return replace(each, fields=fields, indexes=indexes, origins=(origin,), count=(counts or {}).get(name))

    return Schema({name: own(name, each) for name, each in declared_tables(schema(*tables)).items()}, dialect="kitcn")


def _compared(source: JsonObject, deployed: JsonObject) -> list[tuple[str, str, str | None]]:
    return _told(differences(_schema("source", source), _schema("deployment", deployed)))


def _told(found: list[Difference]) -> list[tuple[str, str, str | None]]:
    for each in found:
        assert each.what
        assert each.why.endswith(".")
        assert each.fix.endswith(".")
        assert "\n" not in each.what + each.why + each.fix
    return [(each.level, each.kind, each.member) for each in found]


async def test_a_schema_does_not_differ_from_itself() -> None:
    offline = Offline(demo_dataset())
    deployed = await read_deployed(offline)
    await offline.aclose()
    assert differences(deployed, deployed) == []


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (union(STRING, NUMBER), union(NUMBER, STRING)),
        (NUMBER, {"type": "float64"}),
        (union(NULL, union(STRING, NUMBER)), union(NUMBER, STRING, NULL)),
        (obj(a=STRING, b=optional(NUMBER)), obj(b=optional(NUMBER), a=STRING)),
    ],
)
def test_validators_that_mean_the_same_are_the_same(ours: JsonObject, theirs: JsonObject) -> None:
    assert _compared(table("t", obj(x=ours)), table("t", obj(x=theirs))) == []


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (obj(x=STRING), obj(x=NUMBER), [("warning", "validator", "x")]),
        (obj(x=array(STRING)), obj(x=array(NUMBER)), [("warning", "validator", "x")]),
        (obj(x=STRING), obj(x=optional(STRING)), [("warning", "optional", "x")]),
        (obj(x=optional(STRING)), obj(x=STRING), [("warning", "optional", "x")]),
        (
            obj(x=STRING),
            obj(x=optional(union(STRING, NULL))),
            [("warning", "validator", "x"), ("warning", "optional", "x")],
        ),
        (obj(x=STRING), obj(), [("error", "missing-field", "x")]),
        (obj(x=optional(STRING)), obj(), [("warning", "missing-field", "x")]),
        (obj(), obj(x=STRING), [("warning", "extra-field", "x")]),
        (obj(), obj(x=optional(STRING)), [("info", "extra-field", "x")]),
        (union(obj(a=STRING), obj(b=STRING)), union(obj(b=STRING), obj(a=STRING)), []),
        (union(obj(a=STRING), obj(b=STRING)), obj(a=STRING), [("warning", "validator", None)]),
        (obj(a=STRING), {"type": "any"}, [("warning", "validator", None)]),
    ],
)
def test_fields(ours: JsonObject, theirs: JsonObject, expected: list[tuple[str, str, str | None]]) -> None:
    assert _compared(table("t", ours), table("t", theirs)) == expected


def test_indexes() -> None:
    document = obj(a=STRING, b=STRING)
    search: JsonObject = {"indexDescriptor": "find", "searchField": "a", "filterFields": ["b"]}
    staged: JsonObject = {"indexDescriptor": "later", "fields": ["b"]}
    source = table(
        "t", document, {"same": ["a"], "moved": ["a", "b"], "ours": ["b"], "later": ["b"]}, searchIndexes=[search]
    )
    deployed = table(
        "t",
        document,
        {"same": ["a"], "moved": ["b", "a"], "theirs": ["a"]},
        searchIndexes=[{**search, "filterFields": []}],
        stagedDbIndexes=[staged],
    )
    found = _compared(source, deployed)
    assert sorted(found, key=str) == [
        ("error", "index", "find"),
        ("error", "index", "moved"),
        ("error", "missing-index", "ours"),
        ("error", "staged", "later"),
        ("info", "extra-index", "theirs"),
    ]


def test_tables() -> None:
    source = _schema("source", table("both", obj()), table("ours", obj()))
    deployed = _schema(
        "deployment",
        table("both", obj()),
        table("theirs", obj()),
        table("hollow", obj()),
        counts={"theirs": 4, "hollow": 0},
    )
    found = differences(source, deployed)
    assert [(each.level, each.kind, each.table) for each in found] == [
        ("error", "missing-table", "ours"),
        ("warning", "extra-table", "theirs"),
        ("info", "extra-table", "hollow"),
    ]
    assert found[1].what == 'Table "theirs" is not in the source (4 documents)'
    assert found[0].fix == "Push the source: npx kitcn dev."


def test_what_kitcn_adds_is_expected() -> None:
    internal = Table("aggregate_state", {}, owner="kitcn-internal", origins=("deployment",))
    plugin = Table("ratelimitState", {}, owner="plugin", plugin="ratelimit", origins=("deployment",))
    deployed = Schema({"aggregate_state": internal, "ratelimitState": plugin})
    assert differences(Schema(dialect="kitcn"), deployed) == []


def test_a_key_that_is_not_the_declared_name() -> None:
    source = Schema({"posts": Table("posts", {}, declared_name="post", origins=("source",), place=PLACE)})
    (found,) = differences(source, Schema({"posts": Table("posts", {}, origins=("deployment",))}))
    assert (found.level, found.kind, found.place) == ("error", "name", PLACE)
    assert found.what == 'Table "posts" is declared as convexTable("post", ...)'


def test_what_is_not_known_differs_from_nothing() -> None:
    known = obj(x=STRING, y=STRING)
    deployed = _schema("deployment", table("t", known, {"by_x": ["x"]}))
    unknown = {"x": Field("x", None, False, origins=("source",))}
    assert [each.kind for each in differences(Schema({"t": Table("t", None)}), deployed)] == ["extra-index"]
    assert differences(Schema({"t": Table("t", unknown, open=True)}), deployed) == []
    gaps = {name: Field(name, array({"type": "any"}), False, has_gaps=True, origins=("source",)) for name in "xy"}
    assert [each.kind for each in differences(Schema({"t": Table("t", gaps)}), deployed)] == ["extra-index"]
    document = union(obj(x={"type": "any"}), obj(x=NULL))
    other = _schema("deployment", table("t", union(obj(x=STRING), obj(x=NULL))))
    assert differences(Schema({"t": Table("t", {}, document=document, open=True)}), other) == []
    assert [each.kind for each in differences(Schema({"t": Table("t", {}, document=document)}), other)] == ["validator"]


@pytest.mark.parametrize(
    ("is_open", "open_indexes", "kinds"),
    [
        (False, (), ["extra-index", "extra-index", "extra-table"]),
        (True, (), ["extra-index", "extra-index"]),
        (False, ("t",), ["extra-index", "extra-table"]),
    ],
)
def test_what_may_be_hidden_in_dynamic_source_is_not_missed(
    is_open: bool, open_indexes: tuple[str, ...], kinds: list[str]
) -> None:
    schema = _schema("source", table("t", obj()), table("u", obj()))
    tables = {name: replace(each, open_indexes=name in open_indexes) for name, each in schema.tables.items()}
    dynamic = (Dynamic("a table or index of t", "it is computed", PLACE),)
    source = replace(schema, tables=tables, open=is_open, dynamic=dynamic)
    indexed = [table(name, obj(), {"by": ["x"]}) for name in ("t", "u")]
    found = differences(source, _schema("deployment", *indexed, table("more", obj())))
    assert [each.kind for each in found] == kinds


def test_source_that_cannot_be_read_hides_tables() -> None:
    source = replace(_schema("source"), problems=(Problem("Syntax error", PLACE),))
    assert differences(source, _schema("deployment", table("t", obj()))) == []


def test_a_table_with_documents_that_the_deployed_schema_lacks() -> None:
    source = _schema("source", table("a", obj(x=STRING), {"by_x": ["x"]}), table("b", obj()))
    left = Table("a", {"x": Field("x", STRING, False, origins=("data",))}, origins=("data",), count=1)
    deployed = _schema("deployment", table("b", obj()))
    (found,) = differences(source, replace(deployed, tables={**deployed.tables, "a": left}))
    assert (found.level, found.kind, found.table) == ("error", "missing-table", "a")
    assert found.what == 'Table "a" is not in the deployed schema, though it holds 1 document'


def test_a_deployment_without_schema_has_no_wrong_fields() -> None:
    source = _schema("source", table("a", obj(x=STRING), {"by_x": ["x"]}), table("b", obj()))
    data = Table("a", {"y": Field("y", NUMBER, False, origins=("data",))}, origins=("data",), count=2)
    found = differences(source, Schema({"a": data, "c": replace(data, name="c")}))
    assert [(each.level, each.kind, each.table) for each in found] == [
        ("info", "missing-table", "b"),
        ("info", "extra-table", "c"),
    ]


def test_the_place_is_that_of_the_smallest_thing() -> None:
    index = Index("by_x", "database", ("x",), origins=("source",), place=Place("schema.ts", 20))
    field = Field("x", STRING, False, origins=("source",), place=Place("schema.ts", 15))
    source = Schema({"t": Table("t", {"x": field}, indexes=(index,), place=Place("schema.ts", 10))})
    found = differences(source, _schema("deployment", table("t", obj(x=NUMBER))))
    assert [str(each.place) for each in found] == ["schema.ts:15", "schema.ts:20"]
