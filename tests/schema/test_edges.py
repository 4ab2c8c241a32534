"""One list of edges from relations, foreign keys, validators and data."""

from __future__ import annotations

from kitcn_repl.schema.edges import edges
from kitcn_repl.schema.evidence import Found
from kitcn_repl.schema.model import Edge, Evidence, Field, ForeignKey, Place, Relation, Schema, Table, Through
from kitcn_repl.values import JsonObject
from tests.schema.deployments import NULL, STRING, array, id_of, obj, optional, record, union

PLACE = Place("convex/schema.ts", 7)


def _table(name: str, *keys: ForeignKey, **fields: JsonObject) -> Table:
    return Table(
        name,
        {field: Field(field, validator, optional=False, origins=("source",)) for field, validator in fields.items()},
        foreign_keys=keys,
    )


def _schema(*tables: Table, relations: tuple[Relation, ...] = ()) -> Schema:
    return Schema({table.name: table for table in tables}, relations)


ONE = Relation("post", "author", "one", "user", ("authorId",), ("_id",), inverse="posts", optional=False, place=PLACE)
MANY = Relation("user", "posts", "many", "post", ("_id",), ("authorId",), inverse="author")


def test_facts_add_their_origins_to_the_relation_that_they_repeat_and_never_to_its_reverse() -> None:
    post = _table("post", ForeignKey(("authorId",), "user", ("_id",)), authorId=id_of("user"))
    found = [Found("post", "authorId", "user", Evidence(3, 4))]
    author, posts = edges(_schema(_table("user"), post, relations=(MANY, ONE)), found)[::-1]
    assert author == Edge(
        "post",
        "author",
        "one",
        "user",
        ("authorId",),
        ("_id",),
        ("relation", "foreign_key", "validator", "data"),
        inverse="posts",
        optional=False,
        evidence=Evidence(3, 4),
        place=PLACE,
    )
    assert (posts.name, posts.cardinality, posts.origins, posts.evidence) == ("posts", "many", ("relation",), None)


def test_relations_through_a_junction_take_no_origins_from_facts() -> None:
    through = Through("member", ("userId",), ("teamId",))
    relation = Relation("user", "teams", "many", "team", ("_id",), ("_id",), through)
    found = [Found("user", "_id", "team", Evidence(1, 1))]
    (declared, other) = edges(_schema(_table("user"), _table("team"), relations=(relation,)), found)
    assert (declared.origins, declared.through) == (("relation",), through)
    assert other.origins == ("data",)


def test_facts_without_a_relation_are_one_edge_forwards_called_after_their_field() -> None:
    key = ForeignKey(("authorId",), "user", ("_id",), place=PLACE)
    post = _table("post", key, authorId=union(id_of("user"), NULL), editorId=id_of("user"))
    found = [Found("post", "editorId", "user", Evidence(2, 2)), Found("post", "legacy", "user", Evidence(3, 9))]
    assert edges(_schema(_table("user"), post), found) == [
        Edge("post", "authorId", "one", "user", ("authorId",), ("_id",), ("foreign_key", "validator"), place=PLACE),
        Edge(
            "post",
            "editorId",
            "one",
            "user",
            ("editorId",),
            ("_id",),
            ("validator", "data"),
            optional=False,
            evidence=Evidence(2, 2),
        ),
        Edge("post", "legacy", "one", "user", ("legacy",), ("_id",), ("data",), evidence=Evidence(3, 9)),
    ]


def test_foreign_keys_to_other_columns_and_on_several() -> None:
    member = _table(
        "member", ForeignKey(("team", "user"), "seat", ("teamId", "userId")), ForeignKey(("slug",), "team", ("slug",))
    )
    found = edges(_schema(member))
    assert [(edge.name, edge.from_fields, edge.to_fields, edge.origins) for edge in found] == [
        ("team,user", ("team", "user"), ("teamId", "userId"), ("foreign_key",)),
        ("slug", ("slug",), ("slug",), ("foreign_key",)),
    ]


def test_an_id_column_without_a_listed_key_is_a_foreign_key() -> None:
    fields = {"by": Field("by", id_of("user"), False, kind="id", references="user", origins=("source",))}
    (edge,) = edges(Schema({"post": Table("post", fields)}))
    assert edge.origins == ("foreign_key", "validator")


def test_ids_within_validators() -> None:
    item = obj(product=id_of("product"), gift=optional(union(NULL, id_of("product"))))
    order = _table(
        "order",
        items=array(item),
        tags=array(union(id_of("tag"), STRING)),
        prices=record(id_of("product")),
        subject=union(id_of("user"), id_of("team"), NULL),
        address=obj(country=id_of("country"), geo=obj(city=id_of("city"))),
        matrix=array(array(id_of("tag"))),
        keyed=record(STRING, id_of("user")),
    )
    found = edges(_schema(order))
    assert [(edge.name, edge.from_fields, edge.cardinality, edge.target) for edge in found] == [
        ("items.product", ("items.product",), "many", "product"),
        ("items.gift", ("items.gift",), "many", "product"),
        ("tags", ("tags",), "many", "tag"),
        ("prices.*", ("prices.*",), "many", "product"),
        ("subject", ("subject",), "one", "user"),
        ("subject", ("subject",), "one", "team"),
        ("address.country", ("address.country",), "one", "country"),
        ("address.geo.city", ("address.geo.city",), "one", "city"),
        ("matrix", ("matrix",), "many", "tag"),
    ]
    assert all(edge.origins == ("validator",) for edge in found)


def test_relations_come_first_and_in_their_order() -> None:
    post = _table("post", authorId=id_of("user"), other=id_of("user"))
    found = edges(_schema(_table("user"), post, relations=(ONE, MANY)))
    assert [edge.name for edge in found] == ["author", "posts", "other"]


def test_ids_found_in_a_table_that_no_schema_knows() -> None:
    (edge,) = edges(Schema(), [Found("a", "list", "b", Evidence(4, 4), many=True)])
    assert (edge.source, edge.cardinality, edge.target, edge.origins) == ("a", "many", "b", ("data",))
