"""A schema as people see it, from objects of the model: every fact is there, and no text of a source is obeyed."""

from __future__ import annotations

import json

import pytest
from rich.cells import cell_len

from kitcn_repl.render.edges import edge_json, edge_row, edges_tree, table_tree
from kitcn_repl.render.places import Places
from kitcn_repl.render.schema_json import field_rows, json_text, schema_json
from kitcn_repl.render.schema_overview import draw_overview
from kitcn_repl.render.style import PLAIN
from kitcn_repl.render.table_view import draw_table
from kitcn_repl.render.tree import draw_tree
from kitcn_repl.schema.model import (
    AggregateIndex,
    Check,
    Discriminator,
    Dynamic,
    Edge,
    Evidence,
    Field,
    ForeignKey,
    Index,
    Place,
    Policy,
    Problem,
    RankIndex,
    RowSecurity,
    Schema,
    Table,
    Through,
    Trigger,
    Unique,
)
from kitcn_repl.values import JsonObject

AT = Place("convex/schema.ts", 12)
STRING: JsonObject = {"type": "string"}
EVERYTHING = Table(
    "task",
    {
        "title": Field("title", STRING, False, "text", True, unique=True, origins=("source", "deployment"), place=AT),
        "status": Field(
            "status",
            {"type": "union", "value": [{"type": "literal", "value": "open"}, {"type": "literal", "value": "done"}]},
            True,
            "textEnum",
            default="'open'",
            on_update=True,
            values=("open", "done"),
            origins=("source",),
            place=AT,
        ),
        "dueAt": Field("dueAt", {"type": "number"}, True, "timestamp", mode="date", cases=("bug",)),
        "ownerId": Field("ownerId", STRING, False, references="user", origins=("data",)),
        "other": Field("other", None, True),
    },
    declared_name="tasks",
    indexes=(
        Index("by_title", "database", ("title",), origins=("source", "deployment"), place=AT),
        Index("search", "search", ("title",), ("ownerId",), staged=True, state="backfilling"),
        Index("near", "vector", ("embedding",), dimensions=1536),
        Index("late", "database", ("dueAt",), state="done"),
    ),
    unique=(Unique("by_title", ("title",), nulls_not_distinct=True),),
    aggregate_indexes=(AggregateIndex("by_owner", ("ownerId",), sum=("points",)), AggregateIndex("total", ())),
    rank_indexes=(RankIndex("best", ("ownerId",), (("points", "desc"),), sum="points"),),
    foreign_keys=(ForeignKey(("ownerId",), "user", ("_id",), on_delete="set null", on_update="cascade", place=AT),),
    checks=(Check("short", "length(t.title) < 9", AT),),
    rls=RowSecurity(True, (Policy("own", "select", "restrictive", ("member",), "u.id = t.ownerId", "true", AT),)),
    triggers=(Trigger("create.after", ("log",), AT),),
    deletion="scheduled",
    deletion_delay=90_000,
    discriminator=Discriminator("kind", "details", {"bug": ("dueAt", "severity")}, {"bug": ("severity",)}),
    open=True,
    count=1234,
    origins=("source", "deployment"),
    place=AT,
)
SCHEMA = Schema(
    {
        "task": EVERYTHING,
        "user": Table("user", {}, owner="auth", count=3),
        "log": Table("log", None, document={"type": "any"}),
        "aggregate_state": Table("aggregate_state", {}, owner="kitcn-internal"),
        "ratelimitState": Table("ratelimitState", {}, owner="plugin", plugin="ratelimit"),
    },
    dynamic=(Dynamic("table x", "a call", AT),),
    problems=(Problem("syntax error", AT),),
    dialect="kitcn",
    files=("convex/schema.ts",),
)
OWNER = Edge(
    "task", "owner", "one", "user", ("ownerId",), ("_id",), ("relation", "foreign_key", "data"),
    alias="mine", inverse="tasks", optional=False, evidence=Evidence(45, 1066), place=AT,
)  # fmt: skip
TAGS = Edge(
    "task", "tags", "many", "tag", ("_id",), ("_id",), ("relation",), Through("tagging", ("taskId",), ("tagId",))
)
GUESS = Edge("log", "taskId", "one", "task", ("taskId",), ("_id",), ("data",), evidence=Evidence(7, 7))


@pytest.mark.parametrize("width", [80, 160, None])
def test_one_table_says_everything(width: int | None) -> None:
    sections = draw_table(EVERYTHING, SCHEMA, [OWNER, TAGS, GUESS], PLAIN, width)
    text = " ".join(" ".join(sections.lines).split())
    assert text.startswith(
        "task · 1,234 documents · scheduled deletion after 1 min 30 s · declared as tasks · schema.ts:12, deployed"
    )
    assert (sections.cut_cells, sections.left_out) == (0, [])
    for fact in (
        "title", "status?", '"open" | "done"', "textEnum", "default 'open', set on update", "timestamp date", "in bug",
        "→ user", "unknown", "by_title", "unique, nulls not distinct", "(filters: ownerId)",
        "search, staged, backfilling",
        "vector, 1,536 dimensions", "aggregate", "sum(points)", "all documents", "ownerId by points desc", "user._id",
        "on delete set null, on update cascade", "length(t.title) < 9", "select, restrictive", "member",
        "using u.id = t.ownerId; with check true", "create.after", "writes log", ":12, deployed", "dueAt?, severity",
        "Cases of kind, read as details", "only running the source would tell", "owner → one user, required",
        "alias mine · inverse user.tasks", "relation, foreign key, data 45 of 1,066", "log.taskId ← one taskId → _id",
        "_id → tagging(taskId, tagId) → _id",
    ):  # fmt: skip
        assert all(word in text for word in fact.split()) if width == 80 else fact in text, fact
    if width is not None:
        assert all(cell_len(line) <= width for line in sections.lines)


def test_all_tables_at_a_glance() -> None:
    lines = draw_overview(SCHEMA, PLAIN, 200, everything=False).lines
    assert lines[0].split() == ["table", "documents", "fields", "indexes", "kitcn"]
    assert lines[2].split("  ")[0] == "task"
    assert "1,234" in lines[2]
    assert "by_title, search, near, late" in lines[2]
    assert lines[2].endswith(
        "1 foreign key, 1 unique, 2 aggregates, 1 rank, 1 check, RLS, 1 trigger, scheduled deletion, 1 case, "
        "declared as tasks"
    )
    assert lines[3].split() == ["log", "any"]
    assert [line.split() for line in lines[4:]] == [
        [],
        ["auth", "user", "(1", "table,", "3", "documents)"],
        ["plugins", "ratelimitState", "(1", "table)"],
        ["kitcn", "aggregate_state", "(1", "table)"],
    ]
    unfolded = draw_overview(SCHEMA, PLAIN, 160, everything=True).lines
    assert [line.split()[0] for line in unfolded[2:]] == list(SCHEMA.tables)
    assert "kitcn-internal" in unfolded[5]
    assert all(len(line) <= 80 for line in draw_overview(SCHEMA, PLAIN, 80, everything=True).lines)


def test_tables_that_only_one_side_has() -> None:
    def lines(*tables: Table) -> list[list[str]]:
        schema = Schema({table.name: table for table in tables})
        return [line.split() for line in draw_overview(schema, PLAIN, 100, everything=True).lines[2:]]

    both = Table("both", {}, origins=("source", "deployment"))
    new = Table("new", {}, origins=("source",))
    old = Table("old", {}, origins=("deployment",))
    left = Table("left", {}, origins=("data",))
    state = Table("aggregate_state", {}, owner="kitcn-internal", origins=("deployment",))
    assert lines(both, new, old, left, state) == [
        ["both", "0"],
        ["new", "not", "deployed", "0"],
        ["old", "not", "in", "source", "0"],
        ["left", "not", "in", "source", "0"],
        ["aggregate_state", "kitcn-internal", "0"],
    ]
    assert lines(new) == [["new", "0"]]
    assert lines(old, left) == [["old", "0"], ["left", "0"]]
    assert lines(new, left) == [["new", "0"], ["left", "0"]]  # a snapshot has no schema


def test_nothing_to_show() -> None:
    assert draw_overview(Schema(), PLAIN, 80, everything=False).lines == []
    bare = draw_table(Table("x", {}), Schema(), [], PLAIN, 80)
    assert bare.lines == ["x", "", "No fields"]
    anything = draw_table(Table("x", None), Schema(), [], PLAIN, 80)
    assert anything.lines == ["x", "", "Documents", "  any"]


def test_the_whole_graph_has_each_way_once_and_a_table_both_directions() -> None:
    edges = [OWNER, TAGS, GUESS]
    drawn = draw_tree(edges_tree(edges, SCHEMA.tables, Places(SCHEMA.files)), PLAIN, None)
    assert [line for line in drawn if "─" not in line] == ["task", "log"]
    assert sum("→" in line for line in drawn) == 3
    of_user = draw_tree([table_tree(edges, "user", Places())], PLAIN, None)
    assert of_user[0] == "user"
    assert of_user[1].startswith("└─ task.owner  ← one  ownerId → _id")
    assert "convex/schema.ts:12" in of_user[1]


def test_the_json_has_the_promised_shape() -> None:
    described = json.loads(json_text(schema_json(SCHEMA)))
    assert list(described["tables"]) == list(SCHEMA.tables)
    task = described["tables"]["task"]
    promised = {
        "fields", "indexes", "searchIndexes", "vectorIndexes", "unique", "aggregateIndexes", "rankIndexes",
        "foreignKeys", "rls", "triggers", "owner",
    }  # fmt: skip
    assert promised <= set(task)
    assert list(task["fields"]) == ["title", "status", "dueAt", "ownerId", "other"]
    assert [(index["name"], index["fields"]) for index in task["indexes"]] == [
        ("by_title", ["title"]),
        ("late", ["dueAt"]),
    ]
    assert task["searchIndexes"][0]["searchField"] == "title"
    assert task["vectorIndexes"][0]["dimensions"] == 1536
    assert task["foreignKeys"] == [
        {
            "columns": ["ownerId"],
            "target": "user",
            "targetColumns": ["_id"],
            "onDelete": "set null",
            "onUpdate": "cascade",
        }
    ]
    assert task["rls"]["enabled"] is True
    assert described["tables"]["log"]["fields"] == {}
    assert described["dynamic"] == [{"what": "table x", "why": "a call", "file": "convex/schema.ts", "line": 12}]


def test_an_edge_as_json_and_as_a_row() -> None:
    described = edge_json(TAGS)
    assert {name: described[name] for name in ("source", "name", "cardinality", "target", "from", "to", "through")} == {
        "source": "task",
        "name": "tags",
        "cardinality": "many",
        "target": "tag",
        "from": ["_id"],
        "to": ["_id"],
        "through": {"table": "tagging", "from": ["taskId"], "to": ["tagId"]},
    }
    assert (described["alias"], described["inverse"], described["origins"]) == (None, None, ["relation"])
    assert edge_json(GUESS)["evidence"] == {"matching": 7, "sampled": 7}
    assert edge_row(OWNER)["origins"] == "relation, foreign_key, data"


def test_fields_as_rows() -> None:
    rows = list(field_rows(SCHEMA))
    assert [row["field"] for row in rows] == list(EVERYTHING.fields or {})
    assert rows[1]["values"] == "open, done"
    assert rows[0]["place"] == "convex/schema.ts:12"
    assert "references" not in rows[0]


HOSTILE = "a\x1b[31m[bold]\u202e<b>\ud800\nx"


def test_text_of_a_source_is_never_obeyed() -> None:
    place = Place(HOSTILE, 1)
    table = Table(
        HOSTILE,
        {
            HOSTILE: Field(
                HOSTILE, STRING, True, HOSTILE, default=HOSTILE, references=HOSTILE, mode=HOSTILE, place=place
            )
        },
        declared_name=HOSTILE + "2",
        indexes=(Index(HOSTILE, "search", (HOSTILE,), (HOSTILE,), state=HOSTILE, place=place),),
        checks=(Check(HOSTILE, HOSTILE, place),),
        rls=RowSecurity(True, (Policy(HOSTILE, HOSTILE, HOSTILE, (HOSTILE,), HOSTILE, HOSTILE, place),)),
        triggers=(Trigger(HOSTILE, (HOSTILE,), place),),
        foreign_keys=(ForeignKey((HOSTILE,), HOSTILE, (HOSTILE,), place=place),),
        plugin=HOSTILE,
        owner="plugin",
        place=place,
    )
    edge = Edge(HOSTILE, HOSTILE, "one", HOSTILE, (HOSTILE,), (HOSTILE,), ("relation",), alias=HOSTILE, inverse=HOSTILE)
    schema = Schema({HOSTILE: table}, files=(HOSTILE,))
    drawn = [
        *draw_table(table, schema, [edge], PLAIN, 100).lines,
        *draw_overview(schema, PLAIN, 100, everything=True).lines,
        *draw_overview(schema, PLAIN, 100, everything=False).lines,
        *draw_tree(edges_tree([edge], [HOSTILE], Places()), PLAIN, 100),
    ]
    text = "".join(drawn)
    assert "\\u001b[31m[bold]" in text
    assert not any(char in text for char in "\x1b\u202e\ud800\n")
    assert json.loads(json_text(schema_json(schema)))["tables"][HOSTILE]["declaredName"] == HOSTILE + "2"
