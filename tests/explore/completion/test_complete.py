"""A text, with the cursor as `|`, to the set of what is offered there."""

from __future__ import annotations

import pytest

from kitcn_repl.explore.completion import Suggestion, complete
from tests.explore.completion.words import ALL_TABLES, INNER, PROJECT, SESSION, USER, USER_ID, WORDS


def suggestions(marked: str) -> list[Suggestion]:
    cursor = marked.index("|")
    return complete(marked[:cursor] + marked[cursor + 1 :], cursor, WORDS)


def offered(marked: str) -> set[str]:
    return {suggestion.text for suggestion in suggestions(marked)}


_RANGE = {"eq", "gt", "gte", "lt", "lte"}
_ANSWERS = {"collect", "take", "first", "unique", "paginate", "filter"}
_QUERY = 'ctx.db.query("user")'
_USERS = 'const users = await ctx.db.query("user").collect();\n'


@pytest.mark.parametrize(
    "marked",
    [
        'ctx.db.query("|',
        "ctx.db.query('|",
        "ctx.db.query(`|",
        'ctx.db.query("|")',
        'return await ctx.db.query("|").collect()',
        'const db = ctx.db; db.query("|',
        'const { db } = ctx;\ndb.query("|',
        'const { db: base } = ctx;\nbase.query("|',
        'export default query({ handler: async (c) => c.db.query("|',
        'export default query({ async handler(c) { return c.db.query("|',
        'export default query({ handler: async ({ db }) => { return db.query("|',
        'export default query(async (c) => c.db.query("|',
        'ctx?.db?.query("|',
        'ctx\n  .db\n  .query("|',
        '/* ctx */ ctx.db.query( /* here */ "|',
        '`${ctx.db.query("|',
        '`a ${1} b ${ctx.db.query("|',
        'const x: Id<"|',
        "(user: Doc<'|",
        'ctx.db.normalizeId("|',
        'ctx["db"].query("|',
        'deployment.table("|',
        'deployment.find("|',
    ],
)
def test_tables(marked: str) -> None:
    assert offered(marked) == ALL_TABLES


def test_own_tables_come_first() -> None:
    assert [each.text for each in suggestions('ctx.db.query("|')] == ["project", "session", "user", "aggregate_state"]


def test_system_tables() -> None:
    assert offered('ctx.db.system.query("|') == {"_storage", "_scheduled_functions"}


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (f'{_QUERY}.withIndex("|', {"email", "role_name", "by_id", "by_creation_time"}),
        ("ctx.db.query('session').withIndex('|", {"userId", "by_id", "by_creation_time"}),
        ('const q = ctx.db.query("user"); q.withIndex("|', {"email", "role_name", "by_id", "by_creation_time"}),
        ('ctx.db.query("project").withSearchIndex("|', {"search_title"}),
        (f'{_QUERY}.withSearchIndex("|', set()),
        (f'{_QUERY}.order("|', {"asc", "desc"}),
        ('ctx.runQuery("|', {"messages:list", "users:get"}),
        ('ctx.runQuery("mess|', {"messages:list"}),
    ],
)
def test_names_behind_a_table(marked: str, expected: set[str]) -> None:
    assert offered(marked) == expected


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (f'{_QUERY}.withIndex("role_name", (q) => q.eq("|', {"role"}),
        (f'{_QUERY}.withIndex("role_name", q => q.eq("role", "admin").eq("|', {"name"}),
        (f'{_QUERY}.withIndex("role_name", q => q.eq("role", x).eq("name", y).gt("|', {"_creationTime"}),
        (f'{_QUERY}.withIndex("role_name", q => q.eq("role", x).gt("|', {"name"}),
        (f'{_QUERY}.withIndex("role_name", q => q.eq("role", x).gt("name", 1).lt("|', {"name"}),
        (f'{_QUERY}.withIndex("role_name", range => range.eq("|', {"role"}),
        (f'{_QUERY}.withIndex("role_name", function (range) {{ return range.eq("|', {"role"}),
        (f'{_QUERY}.withIndex("role_name", (q) => {{ const r = q.eq("role", 1); return r.eq("|', {"name"}),
        (f"{_QUERY}.withIndex('role_name', q => q.eq('|", {"role"}),
        (f'{_QUERY}.withIndex("role_name", q => q.eq("role", "|', {"admin", "member"}),
        (f'{_QUERY}.withIndex("by_creation_time", q => q.gt("|', {"_creationTime"}),
        (f'{_QUERY}.withIndex("by_id", q => q.eq("|', {"_id"}),
        ('ctx.db.query("session").withIndex("userId", q => q.eq("userId", u).gte("|', {"_creationTime"}),
        ('ctx.db.query("project").withIndex("ownerId_updatedAt", q => q.eq("|', {"ownerId"}),
        ('ctx.db.query("project").withIndex("ownerId_updatedAt", q => q.eq("ownerId", u).gt("|', {"updatedAt"}),
        ('ctx.db.query("project").withSearchIndex("search_title", q => q.search("|', {"title"}),
        ('ctx.db.query("project").withSearchIndex("search_title", q => q.search("title", "x").eq("|', {"ownerId"}),
        (f'{_QUERY}.withIndex("nowhere", q => q.eq("|', USER | INNER),
        (f'{_QUERY}.withIndex("role_name", q => q.|', _RANGE),
        (f'{_QUERY}.withIndex("role_name", q => q.eq("role", 1).|', _RANGE),
        (f'{_QUERY}.withIndex("role_name", q => q.gt("role", 1).|', {"lt", "lte"}),
        (f'{_QUERY}.withIndex("role_name", q => q.lte("role", 1).|', {"gt", "gte"}),
        (f'{_QUERY}.withIndex("role_name", q => q.gt("role", 1).lt("role", 2).|', set()),
        (f'{_QUERY}.withIndex("email", q => q.eq("email", 1).eq("_creationTime", 2).|', set()),
    ],
)
def test_ranges_follow_the_index(marked: str, expected: set[str]) -> None:
    assert offered(marked) == expected


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (f'{_QUERY}.filter(q => q.eq(q.field("|', USER | INNER),
        (f'{_QUERY}.filter((f) => f.and(f.eq(f.field("role"), "admin"), f.gt(f.field("|', USER | INNER),
        (f'{_QUERY}.filter(q => q.eq(q.field("profile.|', INNER),
        (f'{_QUERY}.filter(q => q.eq(q.field("role"), "|', {"admin", "member"}),
        (f'{_QUERY}.filter(q => q.neq(q.field("role"), \'a|', {"admin"}),
        (f'{_QUERY}.withIndex("email").filter(q => q.eq(q.field("|', USER | INNER),
        (f"{_QUERY}.filter(q => q.fi|", {"field"}),
    ],
)
def test_filters(marked: str, expected: set[str]) -> None:
    assert offered(marked) == expected


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (f"{_USERS}users.map((u) => u.|", USER),
        (f"{_USERS}users.map(u => u.|", USER),
        (f"{_USERS}users.map(async (u) => {{ return u.|", USER),
        (f"{_USERS}users.map(function (u) {{ return u.|", USER),
        (f"{_USERS}users.filter((u) => u.name).map((u) => u.|", USER),
        (f"{_USERS}users.sort((a, b) => a.name < b.|", USER),
        (f"{_USERS}users.reduce((sum, u) => sum + u.|", USER),
        (f"{_USERS}users.find((u) => u.name)?.|", USER),
        (f"{_USERS}users[0].|", USER),
        (f"{_USERS}users.at(-1)!.|", USER),
        (f"{_USERS}for (const u of users) {{ u.|", USER),
        (f"{_USERS}for (const [i, u] of users.entries()) {{ u.|", USER),
        (f"{_USERS}const [first] = users; first.|", USER),
        (f"{_USERS}users.map((u) => ({{ name: u.name, ...u }})).map((v) => v.|", USER),
        (f"{_USERS}users.map((u) => ({{ label: u.name }}))[0].|", {"label"}),
        (f"{_USERS}users.forEach((u) => console.log(`${{u.|", USER),
        (f"{_USERS}users.map((u: any) => u.name).length + users[0].|", USER),
        (f"({_USERS.split('= ')[1].rstrip().rstrip(';')}).map((u) => u.|", USER),
        ('for await (const s of ctx.db.query("session")) { s.|', SESSION),
        ('const p = await ctx.db.query("project").first()\np.|', PROJECT),
        ('const p = await ctx.db.query("project").withIndex("ownerId_updatedAt").order("desc").first();p?.|', PROJECT),
        ('let p; const q = 1, s = await ctx.db.query("session").unique(); s.|', SESSION),
        ('const page = await ctx.db.query("user").paginate({ numItems: 5, cursor: null }); page.page[0].|', USER),
        ('const { page } = await ctx.db.query("user").paginate(o); page.map((u) => u.|', USER),
        ('const { page: rows } = await ctx.db.query("user").paginate(o); rows[1].|', USER),
        (f'const u = await ctx.db.get("{USER_ID}"); u.|', USER),
        ('const u = await ctx.db.get("user", id); u.|', USER),
        ('const s = await ctx.db.query("session").first(); (await ctx.db.get(s.userId)).|', USER),
        ('const s = await ctx.db.query("session").first(); const o = await ctx.db.get(s!.userId); o?.|', USER),
        ('const id = ctx.db.normalizeId("session", text); const s = await ctx.db.get(id); s.|', SESSION),
        ('const u: Doc<"user"> = whatever(); u.|', USER),
        ('const us: Doc<"user">[] = whatever(); us[0].|', USER),
        ('function name(u: Doc<"session">) { return u.|', SESSION),
        ('const f = (u: Doc<"session">): string => u.|', SESSION),
        ('(x as Doc<"user">).|', USER),
        ("const user = await ctx.db.get(id);\nuser.|", USER),
        ("const sessions = await something();\nsessions[0].|", SESSION),
        ("const user = (await ctx.db.get(a)) ?? (await ctx.db.get(b)); user.|", USER),
        ('const u = flag ? await ctx.db.query("user").first() : null; u.|', USER),
        ('const u = await ctx.db.query("user").first() ?? null; u.|', USER),
        (
            'const [u, s] = await Promise.all([ctx.db.query("user").first(), ctx.db.query("session").first()]); s.|',
            SESSION,
        ),
        (f"{_USERS}const all = await Promise.all(users.map((u) => ctx.db.get(u._id))); all.map((x) => x.|", set()),
        (
            'const ss = await ctx.db.query("session").collect();\n'
            "const owners = await Promise.all(ss.map(async (s) => await ctx.db.get(s.userId)));\nowners[0].|",
            USER,
        ),
        (
            'const f = async (id) => { const s = await ctx.db.query("session").first(); return s; };(await f(1)).|',
            SESSION,
        ),
        ('async function f() { return await ctx.db.query("user").first(); }\n(await f()).|', USER),
        ('ctx.db.query("user").first().then((u) => u.|', USER),
        (f"{_USERS}users[0].profile.|", {"city", "age", "home"}),
        (f"{_USERS}users[0]?.profile?.home.|", {"street"}),
        (f"{_USERS}const {{ profile }} = users[0]; profile.|", {"city", "age", "home"}),
        ('(await ctx.db.query("project").first()).items.map((i) => i.|', {"sku"}),
        (f'{_USERS}users[0]["|', USER),
        (f'{_USERS}users.filter((u) => u.role === "|', {"admin", "member"}),
        (f'{_USERS}users.filter((u) => u.role !== "m|', {"member"}),
        (f'{_USERS}switch (users[0].role) {{ case "|', {"admin", "member"}),
    ],
)
def test_what_variables_hold(marked: str, expected: set[str]) -> None:
    found = offered(marked)
    assert found == expected or (expected == set() and found >= {"_id", "_creationTime"})


@pytest.mark.parametrize(
    ("marked", "inside", "outside"),
    [
        ("ctx.|", {"db", "runQuery"}, {"insert"}),
        ("ctx.db.|", {"query", "get", "normalizeId", "system"}, {"insert", "patch", "delete", "replace"}),
        ("ctx.db.system.|", {"query", "get"}, {"system"}),
        (f"{_QUERY}.|", {"withIndex", "withSearchIndex", "order", *_ANSWERS}, {"map"}),
        (f"{_QUERY}.withIndex('email').|", {"order", *_ANSWERS}, {"withIndex"}),
        (f"{_QUERY}.order('asc').|", _ANSWERS, {"order", "withIndex"}),
        (f"{_QUERY}.filter(q => true).|", {"order", *_ANSWERS}, {"withIndex"}),
        (f"(await {_QUERY}.take(5)).|", {"map", "length"}, {"take"}),
        (f"{_QUERY}.take(5).|", {"then"}, {"map"}),
        (f"{_USERS}users[0].name.|", {"toLowerCase", "startsWith"}, {"map"}),
        (f"{_USERS}users[0].tags.|", {"map", "includes"}, {"toLowerCase"}),
        ("Math.|", {"max", "min"}, {"_id"}),
        ("Promise.|", {"all"}, {"then"}),
        ('"text".|', {"length", "split"}, {"map"}),
        ("[1, 2].|", {"map"}, {"split"}),
        ("Date.now().|", {"toFixed"}, {"now"}),
    ],
)
def test_members_by_position(marked: str, inside: set[str], outside: set[str]) -> None:
    found = offered(marked)
    assert found >= inside
    assert not found & outside


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("ctx.orm.query.user.findMany({ with: { |", {"sessions"}),
        ("ctx.orm.query.user.findMany({ with: { ses|", {"sessions"}),
        ("ctx.orm.query.session.findFirst({ limit: 2, with: { |", {"user"}),
        ('find("user", { with: { sessions: { with: { |', {"user"}),
        ('deployment.find("user", with_={"|', {"sessions"}),
        ('deployment.find("user", where={"|', USER),
        ('deployment.find("user", with_={"sessions": {"where": {"|', SESSION),
        ("ctx.orm.query.user.findMany({ columns: { |", USER),
        ('result.related("|', {"sessions", "project.ownerId", "user", "owner"}),
        ('deployment.table("user").first().related("|', {"sessions", "project.ownerId"}),
    ],
)
def test_relations(marked: str, expected: set[str]) -> None:
    assert offered(marked) == expected


@pytest.mark.parametrize(
    "marked",
    [
        '// ctx.db.query("|',
        '/* ctx.db.query("|',
        '"a text with ctx.|',
        "`a template with ctx.|",
        "'don't.|",
        "const us|",
        "function na|",
        "/ab.|",
        "1.|",
        "12|",
        'ctx.db.query("us\\|',
        "nobody.|",
        "ctx.nothing.|",
        '"\\"|',
        'const x = "|',
    ],
)
def test_nothing_where_nothing_fits(marked: str) -> None:
    assert offered(marked) == set()


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("const found = 1; fo|", {"found"}),
        ("(given, other) => giv|", {"given"}),
        ("{ const inner = 1; } inn|", set()),
        ("items.map((inner) => inner); inn|", set()),
        ("if (x) { const inner = 1; inn|", {"inner"}),
        ("for (const inner of x) { inn|", {"inner"}),
        ("try {} catch (problem) { prob|", {"problem"}),
        ("const { first, second: other } = x; fir|", {"first"}),
        ("const { first, second: other } = x; oth|", {"other"}),
        ("function named(para) { par|", {"para"}),
        ("function helper() {}\nhelp|", {"helper"}),
    ],
)
def test_variables_in_scope(marked: str, expected: set[str]) -> None:
    assert {each.text for each in suggestions(marked) if each.kind == "variable"} - {"ctx"} == expected


def test_an_inner_name_hides_an_outer_one() -> None:
    assert offered('const x = await ctx.db.query("user").first();\nlist.map((x: Doc<"session">) => x.|') == SESSION


def test_a_table_s_name_begins_a_query() -> None:
    assert 'await ctx.db.query("session").take(20)' in offered("sess|")
    assert 'ctx.db.query("session").take(20)' in offered("await sess|")


def test_functions_that_are_always_the_same() -> None:
    assert '(q) => q.eq("email", ' in offered(f'{_QUERY}.withIndex("email", |')
    assert '(q) => q.eq(q.field("' in offered(f"{_QUERY}.filter(|")
    assert "(user) => user." in offered(f"{_USERS}users.map(|")


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ('ctx.db.query("se|', Suggestion("session", 14, 16, "table", "3 fields")),
        ('ctx.db.query("se|ss")', Suggestion("session", 14, 18, "table", "3 fields")),
        ("ctx.db.qu|", Suggestion("query", 7, 9, "method", "(table) start a query")),
        ('"😀é"; ctx.db.qu|', Suggestion("query", 13, 15, "method", "(table) start a query")),
        (f'{_QUERY}.withIndex("em|', Suggestion("email", 32, 34, "index", "email")),
        ("ctx.orm.query.user.findMany({ with: { s|", Suggestion("sessions", 38, 39, "relation", "many session")),
        (f'{_QUERY}.withIndex("email", q => q.e|', Suggestion("eq", 47, 48, "operator", "(field, value)")),
        ('const s = await ctx.db.query("session").first(); s.u|', Suggestion("userId", 51, 52, "field", "id<user>")),
    ],
)
def test_what_is_replaced(marked: str, expected: Suggestion) -> None:
    assert suggestions(marked)[0] == expected


@pytest.mark.parametrize(
    ("marked", "first"),
    [
        ('ctx.db.query("s|', "session"),
        ('ctx.db.query("S|', "session"),
        ('ctx.db.query("usr|', "user"),
        ('ctx.db.query("state|', "aggregate_state"),
        ('const s = await ctx.db.query("session").first(); s.id|', "_id"),
        ('const s = await ctx.db.query("session").first(); s.at|', "expiresAt"),
        (f"{_QUERY}.t|", "take"),
        (f"{_QUERY}.index|", "withIndex"),
    ],
)
def test_ranking(marked: str, first: str) -> None:
    assert suggestions(marked)[0].text == first


def test_results_are_in_scope() -> None:
    words = WORDS.including({"_": [{"name": "Ada"}, {"age": 1}], "_1": 5})
    assert {each.text for each in complete("_[0].", 5, words)} == {"name", "age"}
    assert {each.text for each in complete("_.map((d) => d.", 15, words)} == {"name", "age"}
    assert {"_", "_1"} <= {each.text for each in complete("return _", 8, words)}
