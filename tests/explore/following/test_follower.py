"""Related documents, in small databases."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from kitcn_repl.deployment.models import FunctionResult, PageRequest, QueryModule
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.deployment.remote import Remote
from kitcn_repl.explore.following import Count, Follower, Following, Related, Way
from kitcn_repl.explore.knowledge import Knowledge, know
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.offline import Offline
from kitcn_repl.schema.edges import edges
from kitcn_repl.schema.merge import merge
from kitcn_repl.schema.model import ForeignKey, Relation, Schema, Table, Through
from kitcn_repl.values import JsonObject, JsonValue
from tests.schema.deployments import NUMBER, STRING, Data, array, id_of, obj, optional, record, schema, table, union
from tests.support.served import served


class Counting(Offline):
    """Counts the query modules that it runs."""

    def __init__(self, other: Offline) -> None:
        super().__init__(other.dataset)
        self.modules: list[QueryModule] = []

    async def run_module(self, module: QueryModule, *, component: str = "") -> FunctionResult:
        self.modules.append(module)
        return await super().run_module(module, component=component)


def declaring(knowledge: Knowledge, *relations: Relation, keys: dict[str, ForeignKey] | None = None) -> Knowledge:
    """As if the source had declared these."""
    source = Schema({name: Table(name, None, foreign_keys=(key,)) for name, key in (keys or {}).items()}, relations)
    merged = merge(source, knowledge.schema)
    return replace(knowledge, schema=merged, edges=tuple(edges(merged, knowledge.found)))


class Walk:
    """Follows from documents of one deployment, and keeps the last answer."""

    def __init__(self, deployment: Deployment, knowledge: Knowledge) -> None:
        self.deployment = deployment
        self.follower = Follower(deployment, knowledge)
        self.answer = Following(())

    async def from_(self, document: JsonObject, limit: int = 10) -> dict[str, Related]:
        self.answer = await self.follower.related([document], limit=limit)
        return {each.way.label: each for each in self.answer.related[0]}


@asynccontextmanager
async def walking(
    data: Data,
    schemas: JsonObject | None = None,
    *relations: Relation,
    keys: dict[str, ForeignKey] | None = None,
    component: str = "",
    prepare: Callable[[Knowledge], Knowledge] = lambda knowledge: knowledge,
) -> AsyncIterator[Walk]:
    deployment = data.open(schemas)
    try:
        knowledge = declaring(await know(deployment, component=component), *relations, keys=keys)
        yield Walk(deployment, prepare(knowledge))
    finally:
        await deployment.aclose()


def ids(documents: Sequence[JsonObject]) -> list[str]:
    return [str(document["_id"]) for document in documents]


@pytest.fixture(params=["offline", "remote"])
async def demo(request: pytest.FixtureRequest) -> AsyncIterator[Deployment]:
    offline = Offline(demo_dataset())
    if request.param == "offline":
        yield offline
        await offline.aclose()
        return
    with served(offline) as server:
        remote = Remote(server.url, server.admin_key)
        yield remote
        await remote.aclose()


async def test_the_demo_from_its_data_alone(demo: Deployment) -> None:
    walk = Walk(demo, await know(demo))
    (admin,) = (await demo.page(PageRequest("user", 1, order="asc"))).documents
    found = await walk.from_(admin, limit=2)
    sessions = (await demo.page(PageRequest("session", 300))).documents
    own = [each for each in sessions if each["userId"] == admin["_id"]]
    assert found["session.userId"].count == Count(len(own), True)
    assert found["session.userId"].documents == tuple(own[:2])
    assert found["session.userId"].via == "index userId"
    assert found["session.impersonatedBy"].count == Count(3, True)
    assert found["session.impersonatedBy"].via.startswith("scan of at most ")
    assert found["project.ownerId"].via == "index ownerId_updatedAt"
    assert list(found) == [
        "account.accountId",
        "account.userId",
        "project.ownerId",
        "session.impersonatedBy",
        "session.userId",
    ]
    (cost,) = walk.answer.costs
    # one scan of the sessions, and index ranges for the rest
    assert cost.documents_read < 300
    assert cost.queries == 5
    session = await walk.from_(own[0])
    assert session["userId"].documents == (admin,)
    assert (session["userId"].via, session["userId"].count) == ("by id", Count(1, True))


async def test_arrays_that_multiply_are_cut_and_the_count_says_so() -> None:
    data = Data()
    numbers: list[JsonValue] = [float(at) for at in range(3000)]
    for at in (1.0, 2999.0):
        data.add("s", {"x": 0.0, "y": at})
    data.add("t", {"xs": numbers, "ys": numbers})
    relation = Relation("s", "ts", "many", "t", ("x", "y"), ("xs", "ys"))
    async with walking(data, None, relation) as walk:
        counts = [(await walk.from_(document))["ts"].count for document in data.rows("s")]
        back = (await walk.from_(data.rows("t")[0]))["s.x,y"]
    assert counts == [Count(1, False), Count(0, False)]
    assert (back.count.n, back.count.exact) == (1, False)


async def test_many_documents_in_one_module() -> None:
    deployment = Counting(Offline(demo_dataset()))
    knowledge = await know(deployment)
    sessions = (await deployment.page(PageRequest("session", 240))).documents
    found = await Follower(deployment, knowledge).related(sessions)
    assert len(deployment.modules) == 1
    different = len({str(session["userId"]) for session in sessions})
    assert (found.costs[0].documents_read, found.costs[0].queries) == (different, different)
    for session, (impersonated, user) in zip(sessions, found.related, strict=True):
        assert ids(user.documents) == [session["userId"]]
        assert impersonated.count.n == (1 if "impersonatedBy" in session else 0)
    await deployment.aclose()


async def test_ids_in_arrays_objects_and_records_in_both_directions() -> None:
    data = Data()
    users = [data.add("user") for _ in range(5)]
    gone = data.id("user", 99)
    order = data.add(
        "order",
        {
            "members": [users[0], users[1], users[0], gone],
            "items": [{"by": users[2]}, {"by": None}, {}],
            "meta": {"owner": users[3]},
            "shares": {"1st": users[4], "2nd": users[4]},
        },
    )
    async with walking(data) as walk:
        found = await walk.from_(data.rows("order")[0])
        assert {label: (ids(each.documents), each.count) for label, each in found.items()} == {
            "items.by": ([users[2]], Count(1, True)),
            "members": (users[:2], Count(2, True)),
            "meta.owner": ([users[3]], Count(1, True)),
            "shares.*": ([users[4]], Count(1, True)),
        }
        assert found["members"].dangling == (gone,)
        for place, label in enumerate(["members", "members", "items.by", "meta.owner", "shares.*"]):
            back = await walk.from_(data.rows("user")[place])
            leading = {name: ids(each.documents) for name, each in back.items() if each.documents}
            assert leading == {f"order.{label}": [order]}
            assert all(each.advice is None and each.count.exact for each in back.values())
            # four ways, one scan
            assert walk.answer.costs[0].queries == 1


async def test_a_reference_to_a_deleted_document_is_said() -> None:
    data = Data()
    data.table("user")
    data.add("post", {"by": data.id("user", 5)})
    async with walking(data) as walk:
        found = await walk.from_(data.rows("post")[0])
    assert (found["by"].documents, found["by"].count, found["by"].dangling) == (
        (),
        Count(0, True),
        (data.id("user", 5),),
    )


@pytest.mark.parametrize(
    "value",
    [
        "",
        "not an id",
        "x" * 32,
        3.0,
        True,
        None,
        {"$integer": "AQAAAAAAAAA="},
        {"a": 1.0},
        "\u2028'\"</script>\\",
        "\ud800",
    ],
)
async def test_what_is_no_id_fails_nothing(value: object) -> None:
    data = Data()
    user = data.add("user")
    key = ForeignKey(("by",), "user", ("_id",))
    data.add("post", {"by": user})
    odd: JsonObject = {"_id": data.id("post", 9), "_creationTime": 1.0, "by": value}  # type: ignore[dict-item]
    async with walking(data, None, keys={"post": key}) as walk:
        answer = await walk.follower.related([odd, data.rows("post")[0]])
    (wrong,), (right,) = answer.related
    assert (wrong.documents, wrong.count, wrong.dangling, wrong.notes) == ((), Count(0, True), (), ())
    assert ids(right.documents) == [user]


async def test_ids_as_they_were_before_2023_lead_forwards() -> None:
    data = Data()
    user = data.add("user", at=7)
    from base64 import urlsafe_b64encode

    from kitcn_repl.values.ids import decode_id

    old = urlsafe_b64encode(decode_id(user).internal).decode().rstrip("=")
    data.add("post", {"by": old})
    async with walking(data, None, keys={"post": ForeignKey(("by",), "user", ("_id",))}) as walk:
        found = await walk.from_(data.rows("post")[0])
    assert ids(found["by"].documents) == [user]


MEMBERS = Relation("user", "teams", "many", "team", ("_id",), ("_id",), Through("member", ("userId",), ("teamId",)))


@pytest.mark.parametrize("indexed", [True, False])
async def test_through_a_junction(indexed: bool) -> None:
    data = Data()
    users, teams = [data.add("user") for _ in range(3)], [data.add("team") for _ in range(3)]
    gone = data.id("team", 50)
    for user, team in [(0, teams[0]), (0, teams[1]), (0, teams[0]), (0, gone), (1, teams[1])]:
        data.add("member", {"userId": users[user], "teamId": team})
    indexes = {"userId": ["userId"], "teamId": ["teamId"]} if indexed else {}
    declared = schema(
        table("user", obj()), table("team", obj()), table("member", obj(userId=STRING, teamId=STRING), indexes)
    )
    async with walking(data, declared, MEMBERS) as walk:
        found = (await walk.from_(data.rows("user")[0]))["teams"]
        assert sorted(ids(found.documents)) == sorted(teams[:2])
        assert (found.count, found.dangling) == (Count(2, True), (gone,))
        first = "index userId" if indexed else "scan of at most 6 documents"
        assert found.via == f"{first}, then by id"
        back = (await walk.from_(data.rows("team")[1]))["user.teams"]
        assert (sorted(ids(back.documents)), back.count) == (sorted(users[:2]), Count(2, True))
        assert (await walk.from_(data.rows("user")[2]))["teams"].count == Count(0, True)


async def test_a_composite_key_uses_the_index_of_its_longest_prefix() -> None:
    data = Data()
    data.add("seat", {"team": "a", "number": 1.0, "row": "x"})
    for team, number in [("a", 1.0), ("a", 2.0), ("b", 1.0), ("a", 1.0)]:
        data.add("ticket", {"team": team, "number": number})
    key = ForeignKey(("team", "number"), "seat", ("team", "number"))
    document = obj(team=STRING, number=NUMBER)
    for indexes, via, read in [
        ({"both": ["number", "team"], "one": ["team"]}, "index both", 2),
        ({"one": ["team"], "two": ["team", "x"]}, "index one", 3),
        ({}, "scan of at most 5 documents", 4),
    ]:
        declared = schema(
            table("seat", obj(team=STRING, number=NUMBER, row=STRING)), table("ticket", document, indexes)
        )
        async with walking(data, declared, keys={"ticket": key}) as walk:
            found = (await walk.from_(data.rows("seat")[0]))["ticket.team,number"]
            assert ids(found.documents) == [data.id("ticket", 3), data.id("ticket", 0)]
            assert (found.count, found.via) == (Count(2, True), via)
            assert walk.answer.costs[0].documents_read == read
            forward = (await walk.from_(data.rows("ticket")[1]))["team,number"]
            assert (forward.documents, forward.dangling) == ((), ())


async def test_a_key_with_a_missing_part_refers_to_nothing() -> None:
    data = Data()
    data.add("seat", {"team": "a"})
    data.add("ticket", {"team": "a", "number": None})
    key = ForeignKey(("team", "number"), "seat", ("team", "number"))
    async with walking(data, None, keys={"ticket": key}) as walk:
        assert (await walk.from_(data.rows("ticket")[0]))["team,number"].count == Count(0, True)


async def test_a_table_that_refers_to_itself() -> None:
    data = Data()
    root = data.add("page", {"title": "root"})
    child = data.add("page", {"parent": root})
    async with walking(data) as walk:
        assert ids((await walk.from_(data.rows("page")[1]))["parent"].documents) == [root]
        assert ids((await walk.from_(data.rows("page")[0]))["page.parent"].documents) == [child]


async def test_files() -> None:
    data = Data()
    data.table("_storage", number=540)
    data.add("_storage", {"sha256": "abc=", "size": 3.0})
    gone = data.id("_storage", 5)
    data.add("image", {"file": data.id("_storage", 0)})
    data.add("image", {"file": gone})
    async with walking(data) as walk:
        (file,) = (await walk.from_(data.rows("image")[0]))["file"].documents
        assert (file["_id"], file["size"]) == (data.id("_storage", 0), 3)
        assert (await walk.from_(data.rows("image")[1]))["file"].dangling == (gone,)
        back = await walk.from_(data.rows("_storage")[0])
        assert ids(back["image.file"].documents) == [data.id("image", 0)]


async def test_a_components_documents() -> None:
    data = Data()
    data.table("user")
    thread = data.add("thread", component="part")
    message = data.add("message", {"thread": thread}, component="part")
    async with walking(data, component="part") as walk:
        assert ids((await walk.from_(data.rows("message", "part")[0]))["thread"].documents) == [thread]
        assert ids((await walk.from_(data.rows("thread", "part")[0]))["message.thread"].documents) == [message]


async def test_a_components_documents_over_http() -> None:
    data = Data()
    data.table("user")
    thread = data.add("thread", component="part")
    message = data.add("message", {"thread": thread}, component="part")
    with served(data.open()) as server:
        remote = Remote(server.url, server.admin_key)
        walk = Walk(remote, await know(remote, component="part"))
        assert ids((await walk.from_(data.rows("thread", "part")[0]))["message.thread"].documents) == [message]
        await remote.aclose()


@pytest.mark.parametrize(
    ("where", "expected", "noted"),
    [
        ('{ state: "open" }', 2, False),
        ("{ state: { eq: 'open' }, late: null }", 1, False),
        ("{ late: { isNull: true } }", 3, False),
        ("{ size: { gt: 3 } }", 4, True),
    ],
)
async def test_a_filter_is_applied_or_said_not_to_be(where: str, expected: int, noted: bool) -> None:
    data = Data()
    user = data.add("user")
    for state, late in [("open", True), ("open", None), ("done", None), ("done", None)]:
        data.add("task", {"by": user, "state": state, "late": late})
    relation = Relation("user", "some", "many", "task", ("_id",), ("by",), where=where)
    async with walking(data, None, relation) as walk:
        found = await walk.from_(data.rows("user")[0])
    assert found["some"].count == Count(expected, True)
    assert found["some"].notes == ((f"The relation's filter is not applied: {where}",) if noted else ())
    assert found["task.by"].count == Count(4, True)


async def test_the_first_documents_are_the_newest_and_a_count_goes_on() -> None:
    data = Data()
    user = data.add("user")
    posts = [data.add("post", {"by": user}) for _ in range(30)]
    for indexes in ({"by": ["by"]}, {}):
        declared = schema(table("user", obj()), table("post", obj(by=id_of("user")), indexes))
        async with walking(data, declared) as walk:
            found = (await walk.from_(data.rows("user")[0], limit=3))["post.by"]
            assert ids(found.documents) == posts[:-4:-1]
            assert found.count == Count(30, True)


async def test_an_index_that_is_not_there_any_more_is_said_and_fails_nothing_else() -> None:
    data = Data()
    user = data.add("user")
    data.add("post", {"by": user, "editor": user})
    before = schema(table("user", obj()), table("post", obj(by=id_of("user"), editor=id_of("user")), {"gone": ["by"]}))
    offline = data.open(before)
    knowledge = await know(offline)
    later = Offline(replace(offline.dataset, schemas={}))
    found = (await Follower(later, knowledge).related([data.rows("user")[0]])).related[0]
    await offline.aclose()
    by, editor = found
    assert by.notes == ("Index post.gone not found.",)
    assert by.count == Count(0, False)
    assert editor.count == Count(1, True)


async def test_documents_of_no_table_here_have_no_ways() -> None:
    data = Data()
    data.add("user")
    async with walking(data) as walk:
        answer = await walk.follower.related([{"_id": "nothing"}, {"_id": Data().id("x", 1)[:-1]}, {}])
    assert answer.related == ((), (), ())


async def test_only_the_ways_that_are_asked_for() -> None:
    data = Data()
    user = data.add("user")
    data.add("post", {"by": user, "for": user})
    async with walking(data) as walk:
        chosen: list[Way] = [way for way in walk.follower.ways("user") if way.label == "post.for"]
        answer = await walk.follower.related([data.rows("user")[0], data.rows("post")[0]], along=chosen)
    assert [[each.way.label for each in some] for some in answer.related] == [["post.for"], []]


async def test_validators_alone_offer_nested_ways() -> None:
    data = Data()
    user = data.add("user")
    data.add("post", {"a": [user], "b": {"c": user}, "d": {"k": user}, "e": user})
    document = obj(
        a=array(id_of("user")),
        b=obj(c=id_of("user")),
        d=record(id_of("user")),
        e=optional(union(id_of("user"), STRING)),
    )
    declared = schema(table("user", obj()), table("post", document, {"c": ["b.c"]}))
    offline = data.open(declared)
    walk = Walk(offline, await know(offline, sample=False))
    back = await walk.from_(data.rows("user")[0])
    await offline.aclose()
    assert {label: (each.count.n, each.via) for label, each in back.items()} == {
        "post.a": (1, "scan of at most 2 documents"),
        "post.b.c": (1, "index c"),
        "post.d.*": (1, "scan of at most 2 documents"),
        "post.e": (1, "scan of at most 2 documents"),
    }
