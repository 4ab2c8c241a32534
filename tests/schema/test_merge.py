"""Source and deployment as one schema."""

from __future__ import annotations

from kitcn_repl.schema.merge import merge
from kitcn_repl.schema.model import (
    AggregateIndex,
    Dynamic,
    Field,
    ForeignKey,
    Index,
    Place,
    Relation,
    Schema,
    Table,
)
from tests.schema.deployments import NUMBER, STRING, id_of

PLACE = Place("convex/schema.ts", 3)


def _field(name: str, **more: object) -> Field:
    return Field(name, STRING, False, origins=("source",), place=PLACE, **more)  # type: ignore[arg-type]


def test_tables_of_either_side_are_kept_and_told_apart() -> None:
    source = Schema({name: Table(name, {}, origins=("source",)) for name in ("b", "a")})
    deployed = Schema(
        {
            "a": Table("a", {}, origins=("deployment",), count=3),
            "z": Table("z", {}, origins=("data",), count=1),
        },
        component="part",
    )
    merged = merge(source, deployed)
    assert [(table.name, table.origins, table.count) for table in merged.tables.values()] == [
        ("b", ("source",), None),
        ("a", ("source", "deployment"), 3),
        ("z", ("data",), 1),
    ]
    assert merged.component == "part"


def test_what_only_the_source_tells_stays() -> None:
    key = ForeignKey(("by",), "user", ("_id",))
    source = Schema(
        {
            "post": Table(
                "post",
                {"by": _field("by", kind="text", unique=True, default='"x"')},
                declared_name="posts",
                foreign_keys=(key,),
                deletion="soft",
                origins=("source",),
                place=PLACE,
            )
        },
        (Relation("post", "author", "one", "user", ("by",), ("_id",)),),
        (Dynamic("the table x", "only running it would tell", PLACE),),
        dialect="kitcn",
    )
    fields = {
        "by": Field("by", id_of("user"), True, origins=("deployment",)),
        "more": Field("more", NUMBER, True, origins=("deployment",)),
    }
    merged = merge(source, Schema({"post": Table("post", fields, origins=("deployment",))}))
    post = merged.tables["post"]
    assert post.fields is not None
    by = post.fields["by"]
    assert (by.kind, by.unique, by.default, by.place) == ("text", True, '"x"', PLACE)
    assert (by.validator, by.optional, by.origins) == (id_of("user"), True, ("source", "deployment"))
    assert post.fields["more"].origins == ("deployment",)
    assert (post.declared_name, post.foreign_keys, post.deletion, post.place) == ("posts", (key,), "soft", PLACE)
    assert (merged.relations, merged.dynamic, merged.dialect) == (source.relations, source.dynamic, "kitcn")


def test_a_sample_of_documents_overrides_nothing() -> None:
    source = Schema({"a": Table("a", {"x": _field("x"), "y": Field("y", None, False, origins=("source",))})})
    sampled = {name: Field(name, NUMBER, True, origins=("data",)) for name in ("x", "y")}
    fields = merge(source, Schema({"a": Table("a", sampled, origins=("data",))})).tables["a"].fields
    assert fields is not None
    assert (fields["x"].validator, fields["x"].optional) == (STRING, False)
    assert (fields["y"].validator, fields["y"].origins) == (NUMBER, ("source", "data"))


def test_a_table_of_any_documents_takes_the_fields_of_the_other_side() -> None:
    known = Table("a", {"x": _field("x")})
    for one, other in ((known, Table("a", None)), (Table("a", None), known)):
        assert merge(Schema({"a": one}), Schema({"a": other})).tables["a"].fields == known.fields


def test_indexes_are_as_the_deployment_has_them() -> None:
    source = Table(
        "a",
        {},
        indexes=(
            Index("both", "database", ("x",), origins=("source",), place=PLACE),
            Index("ours", "database", ("y",), origins=("source",)),
        ),
        aggregate_indexes=(AggregateIndex("sums", ("x",), sum=("y",), origins=("source",)),),
    )
    deployed = Table(
        "a",
        {},
        indexes=(
            Index("theirs", "database", ("z",), state="done", origins=("deployment",)),
            Index("both", "database", ("x", "y"), state="backfilling", origins=("deployment",)),
        ),
        aggregate_indexes=(
            AggregateIndex("sums", ("x",), origins=("data",)),
            AggregateIndex("old", (), origins=("data",)),
        ),
    )
    merged = merge(Schema({"a": source}), Schema({"a": deployed})).tables["a"]
    assert merged.indexes == (
        Index("both", "database", ("x", "y"), state="backfilling", origins=("source", "deployment"), place=PLACE),
        Index("ours", "database", ("y",), origins=("source",)),
        Index("theirs", "database", ("z",), state="done", origins=("deployment",)),
    )
    assert [(each.name, each.sum, each.origins) for each in merged.aggregate_indexes] == [
        ("sums", ("y",), ("source", "data")),
        ("old", (), ("data",)),
    ]


def test_owners() -> None:
    source = Schema({name: Table(name, {}, owner="plugin" if name == "b" else "own") for name in ("a", "b")})
    deployed = Schema({name: Table(name, {}, owner="auth") for name in ("a", "b")})
    assert [table.owner for table in merge(source, deployed).tables.values()] == ["auth", "plugin"]
