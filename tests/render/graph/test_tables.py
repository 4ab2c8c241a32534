"""Which tables and lines the graph shows, and what it says of them."""

from __future__ import annotations

from kitcn_repl.render.graph.tables import ONLY_DEPLOYED, ONLY_SOURCE, OTHERWISE, Choice, graph
from kitcn_repl.render.graph.ties import Tie, ties
from kitcn_repl.render.graph.words import describe
from kitcn_repl.schema.differences import differences
from kitcn_repl.schema.model import Edge, Evidence, Field, Owner, Place, Schema, Table, Through, Unique
from tests.render.graph.graphs import app_of_sixty

ID = ("_id",)


def schema(*tables: Table) -> Schema:
    return Schema({table.name: table for table in tables})


def table(name: str, owner: Owner = "own", **facts: object) -> Table:
    return Table(name, {}, owner=owner, **facts)  # type: ignore[arg-type]


def reference(source: str, field: str, target: str, *, many: bool = False) -> Edge:
    return Edge(source, field, "many" if many else "one", target, (field,), ID, ("validator",))


USER, PROJECT = table("user", count=3), table("project", count=1234)
OWNER = Edge(
    "project",
    "owner",
    "one",
    "user",
    ("ownerId",),
    ID,
    ("relation", "foreign_key", "data"),
    inverse="projects",
    evidence=Evidence(9, 10),
    place=Place("convex/schema.ts", 7),
)
PROJECTS = Edge("user", "projects", "many", "project", ID, ("ownerId",), ("relation",), inverse="owner")


def only(edges: list[Edge], *tables: Table) -> Tie:
    (tie,) = ties(schema(*tables), edges)
    return tie


def test_a_relation_and_its_inverse_are_one_tie() -> None:
    tie = only([PROJECTS, OWNER], USER, PROJECT)
    assert (tie.holder, tie.fields, tie.target, tie.target_fields) == ("project", ("ownerId",), "user", ID)
    assert (tie.many_holders, tie.many_targets) == (True, False)
    assert tie.edges == (PROJECTS, OWNER)


def test_one_to_one_by_the_inverse_by_a_unique_column_and_by_a_unique_rule() -> None:
    profile = Edge("user", "profile", "one", "profile", ID, ("userId",), ("relation",))
    field = Field("userId", {"type": "string"}, False, unique=True)
    forward = reference("profile", "userId", "user")
    assert not only([forward, profile], USER, table("profile")).many_holders
    assert not only([forward], USER, Table("profile", {"userId": field})).many_holders
    assert not only([forward], USER, table("profile", unique=(Unique("u", ("userId",)),))).many_holders
    assert only([forward], USER, table("profile", unique=(Unique("u", ("userId", "kind")),))).many_holders


def test_a_list_of_ids_has_many_targets() -> None:
    assert only([reference("post", "tagIds", "tag", many=True)], table("post"), table("tag")).many_targets


def test_ties_by_other_fields_than_the_id() -> None:
    forward = Edge("desk", "floor", "one", "floor", ("floorCode",), ("code",), ("relation",))
    backward = Edge("floor", "desks", "many", "desk", ("code",), ("floorCode",), ("relation",))
    tie = only([backward, forward], table("desk"), table("floor"))
    assert (tie.holder, tie.fields, tie.target, tie.target_fields) == ("desk", ("floorCode",), "floor", ("code",))


def test_a_many_to_many_relation_is_told_by_both_ties_of_its_junction() -> None:
    teams = Edge(
        "user", "teams", "many", "team", ID, ID, ("relation",), through=Through("member", ("userId",), ("teamId",))
    )
    edges = [teams, reference("member", "userId", "user"), reference("member", "teamId", "team")]
    found = ties(schema(USER, table("team"), table("member")), edges)
    assert [(tie.holder, tie.fields, tie.target) for tie in found] == [
        ("member", ("userId",), "user"),
        ("member", ("teamId",), "team"),
    ]
    assert all(teams in tie.edges for tie in found)
    assert describe(found[0], "user").names == "user.teams ⇉ team"


def test_words_from_either_side() -> None:
    tie = only([PROJECTS, OWNER], USER, PROJECT)
    words = describe(tie, "project")
    assert (words.arrow, words.other, words.cardinality) == ("→", "user", "n : 1")
    assert (words.fields, words.names) == ("ownerId → _id", "owner ⇄ projects")
    assert (words.origins, words.place) == ("relation, foreign key, data 9 of 10", "convex/schema.ts:7")
    words = describe(tie, "user")
    assert (words.arrow, words.other, words.cardinality) == ("←", "project", "1 : n")


def test_words_of_a_table_that_refers_to_itself() -> None:
    words = describe(only([reference("folder", "parentId", "folder")], table("folder")), "folder")
    assert (words.arrow, words.other, words.names) == ("↻", "folder", "")


def test_names_are_made_safe_to_show() -> None:
    tie = only([reference("a\x1b[31m", "f\u202e", "b\n")], table("a\x1b[31m"), table("b\n"))
    words = describe(tie, "a\x1b[31m")
    assert "\x1b" not in str(words)
    assert "\u202e" not in words.fields
    assert words.other == "b\\n"
    shown = graph(schema(table("a\x1b[31m"), table("b\n")), list(tie.edges), Choice())
    assert all("\x1b" not in entry.title and "\n" not in entry.title for entry in shown.entries.values())


def test_boxes_hold_the_fields_that_refer() -> None:
    shown = graph(schema(USER, PROJECT), [OWNER], Choice())
    entry = shown.entries["project"]
    assert (entry.title, entry.count, [row.text for row in entry.rows]) == ("project", "1,234", ["ownerId"])
    assert [(line.source, line.row, line.target) for line in shown.lines] == [("project", 0, "user")]
    assert shown.of("user") == shown.of("project") == [0]


def test_what_is_no_table_of_the_picture_is_named_in_the_row() -> None:
    edges = [reference("user", "avatar", "_storage"), reference("user", "fileIds", "file", many=True)]
    shown = graph(schema(USER, table("file", "plugin")), edges, Choice())
    assert [row.text for row in shown.entries["user"].rows] == ["avatar → _storage", "fileIds[] → file"]
    assert (shown.lines, shown.hidden) == ((), ("file",))
    assert len(graph(schema(USER, table("file", "plugin")), edges, Choice(plugins=True)).lines) == 1


def test_tables_of_the_auth_library_can_be_left_out_unless_own_tables_refer_to_them() -> None:
    tables = schema(table("user", "auth"), table("session", "auth"), table("jwks", "auth"), PROJECT)
    edges = [OWNER, reference("session", "userId", "user")]
    assert set(graph(tables, edges, Choice()).entries) == set(tables.tables)
    shown = graph(tables, edges, Choice(auth=False))
    assert (set(shown.entries), set(shown.hidden)) == ({"user", "project"}, {"session", "jwks"})


def test_what_only_data_tells_can_be_left_out() -> None:
    guess = Edge("project", "by", "one", "user", ("by",), ID, ("data",), evidence=Evidence(3, 9))
    assert len(graph(schema(USER, PROJECT), [OWNER, guess], Choice()).ties) == 2
    assert len(graph(schema(USER, PROJECT), [OWNER, guess], Choice(guessed=False)).ties) == 1


def test_lines_to_hubs_are_folded_in_a_large_graph() -> None:
    tables, edges = app_of_sixty()
    shown = graph(tables, edges, Choice())
    assert set(shown.hubs) == {"user", "organization"}
    assert shown.entries["user"].note.startswith("← 2")
    assert "ownerId → user" in [row.text for row in shown.entries["project"].rows]
    assert all(line.target not in shown.hubs for line in shown.lines)
    whole = graph(tables, edges, Choice(hubs=True))
    assert len(whole.lines) == len(edges)
    assert whole.hubs == ()


def test_the_tables_around_one() -> None:
    tables, edges = app_of_sixty()
    near = graph(tables, edges, Choice(around="boardColumn"))
    assert set(near.entries) == {"board", "boardColumn", "task"}
    assert set(near.entries) < set(graph(tables, edges, Choice(around="boardColumn", depth=2)).entries)
    around_hub = graph(tables, edges, Choice(around="user"))
    assert sum(line.target == "user" for line in around_hub.lines) > 20
    task = graph(tables, edges, Choice(around="task"))
    assert [line.source for line in task.lines if line.target == "user"] == ["task"]


def test_tables_that_differ_are_marked() -> None:
    text, number = {"type": "string"}, {"type": "number"}
    source = schema(Table("user", {"a": Field("a", text, False)}, origins=("source",)))  # type: ignore[arg-type]
    other = Table("user", {"a": Field("a", number, False)}, origins=("deployment",))  # type: ignore[arg-type]
    deployed = schema(other)
    shown = graph(schema(USER, PROJECT), [], Choice(), differences(source, deployed))
    assert (shown.entries["user"].mark, shown.entries["project"].mark) == ("≠", "")


def test_marks_tell_on_which_side_something_is() -> None:
    text = {"type": "string"}
    user = Table("user", {"a": Field("a", text, False)}, origins=("deployment",))  # type: ignore[arg-type]
    project = Table("project", {}, origins=("source",))
    both = Table("project", {"ownerId": Field("ownerId", text, False)}, origins=("deployment",))  # type: ignore[arg-type]
    edges = [OWNER]
    shown = graph(schema(user, both), edges, Choice(), differences(schema(project), schema(user, both)))
    assert shown.entries["user"].mark == ONLY_DEPLOYED
    assert shown.entries["project"].mark == OTHERWISE
    assert [row.mark for row in shown.entries["project"].rows] == [ONLY_DEPLOYED]
    shown = graph(schema(user, both), edges, Choice(), differences(schema(user, both), schema(project)))
    assert shown.entries["user"].mark == ONLY_SOURCE


def test_more_lines_than_anybody_can_follow_are_folded() -> None:
    """Two hundred tables, each of which refers to five others."""
    names = [f"t{at}" for at in range(200)]
    edges = [
        reference(name, f"f{step}", names[(at + step * step) % 200])
        for at, name in enumerate(names)
        for step in range(1, 6)
    ]
    tables = schema(*(table(name) for name in names))
    shown = graph(tables, edges, Choice())
    assert len(shown.entries) == 200
    assert 200 <= len(shown.lines) <= 250
    assert sum(len(entry.rows) for entry in shown.entries.values()) == 1000
    assert 500 <= len(graph(tables, edges, Choice(hubs=True)).lines) <= 600
    around = graph(tables, edges, Choice(around="t7", depth=2))
    assert sum("t7" in (line.source, line.target) for line in around.lines) == 10
