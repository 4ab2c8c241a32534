"""For each operator of a query function, JavaScript that uses it; run by the genuine `convex/server` and by ours.

`ids` holds the documents' ids in order, `storageId` that of a stored file. Ids differ between the two, so snippets
return fields.
"""

from __future__ import annotations

FUNCTIONS = """
export const double = query(async (ctx, { x }) => 2 * x);
export const page = query(async (ctx, { cursor }) => {
  const page = await ctx.db.query("docs").order("desc").paginate({ numItems: 4, cursor });
  return { numbers: page.page.map((d) => d.n), isDone: page.isDone, cursor: page.continueCursor };
});
"""
"""The module `given`, deployed in both."""

DOCUMENTS = [
    {"n": 1, "tag": "red", "rank": 3, "meta": {"kind": "a"}, "text": "a red fox"},
    {"n": 2, "tag": "blue", "rank": 1, "meta": {"kind": "b"}, "text": "a blue whale"},
    {"n": 3, "tag": "red", "rank": 1, "text": "a red panda"},
    {"n": 4, "tag": "red", "rank": 2, "meta": {"kind": None}, "text": "a fox"},
    {"n": 5, "tag": "green", "rank": 2, "text": "green"},
    {"n": 6, "tag": "blue", "text": "blue"},
]
INDEXES = {"by_tag": ["tag"], "by_tag_rank": ["tag", "rank"], "by_kind": ["meta.kind"]}

_QUERY = "ctx.db.query('docs')"


def _numbers(chain: str) -> str:
    return f"(await {_QUERY}{chain}.collect()).map((d) => d.n)"


def _filter(*expressions: str) -> str:
    return f"[{', '.join(_numbers(f'.filter((q) => {one})') for one in expressions)}]"


def _range(*chains: str) -> str:
    return f"[{', '.join(_numbers(one) for one in chains)}]"


def _told(expression: str) -> str:
    return f"await (async () => {expression})().then(() => 'no error', (error) => error.message)"


ROWS: dict[str, str] = {
    "ctx.runQuery": "[await ctx.runQuery(given.double, { x: 4 })]",
    "ctx.db.get": "[(await ctx.db.get(ids[1])).n, (await ctx.db.get('docs', ids[2])).n,"
    f" {_told('await ctx.db.get()')}, {_told('await ctx.db.get(7)')}]",
    "ctx.db.query": f"[{_numbers('')}, (await ctx.db.query('nothing').collect()).length,"
    f" {_told('await ctx.db.query(`_storage`).collect()')}]",
    "ctx.db.normalizeId": "[ctx.db.normalizeId('docs', ids[0]) === ids[0], ctx.db.normalizeId('other', ids[0]),"
    f" ctx.db.normalizeId('docs', 'x'), {_told('ctx.db.normalizeId(`_storage`, ids[0])')},"
    f" {_told('ctx.db.normalizeId(`docs`)')}]",
    "ctx.db.table": "[(await ctx.db.table('docs').query().collect()).length]",
    "ctx.db.table.get": "[(await ctx.db.table('docs').get(ids[3])).n]",
    "ctx.db.table.query": "[(await ctx.db.table('docs').query().order('desc').first()).n,"
    f" {_told('ctx.db.table(`_storage`).query()')}]",
    "ctx.db.system.get": "[(await ctx.db.system.get(storageId)).size]",
    "ctx.db.system.query": "[(await ctx.db.system.query('_storage').collect()).map((file) => file.size),"
    f" {_told('await ctx.db.system.query(`docs`).collect()')}]",
    "ctx.db.system.normalizeId": "[ctx.db.system.normalizeId('_storage', storageId) === storageId,"
    f" {_told('ctx.db.system.normalizeId(`docs`, ids[0])')}]",
    "ctx.db.system.table": "[(await ctx.db.system.table('_storage').query().collect()).length]",
    "ctx.auth.getUserIdentity": "[await ctx.auth.getUserIdentity()]",
    "ctx.storage.getUrl": f"[typeof await ctx.storage.getUrl(storageId), {_told('await ctx.storage.getUrl()')}]",
    "query.withIndex": _range(".withIndex('by_tag')", ".withIndex('by_creation_time')"),
    "query.order": f"[{_numbers('.order(`desc`)')}, {_numbers('.order(`asc`)')},"
    f" {_numbers('.withIndex(`by_tag`).order(`desc`)')}, {_told(f'await {_QUERY}.order()')},"
    f" {_told(f'{_QUERY}.order(`asc`).order(`asc`)')}]",
    "query.filter": f"[{_numbers('.filter((q) => q.eq(q.field(`tag`), `red`)).filter((q) => q.gt(q.field(`n`), 1))')},"
    f" {_told(f'{_QUERY}.filter()')}]",
    "query.collect": f"[(await {_QUERY}.collect()).map((d) => [d.n, d.tag, d.text])]",
    "query.take": f"[(await {_QUERY}.take(2)).length, (await {_QUERY}.take(0)).length,"
    f" (await {_QUERY}.take(99)).length,"
    f" {_told(f'await {_QUERY}.take(-1)')}, {_told(f'await {_QUERY}.take(1.5)')}, {_told(f'await {_QUERY}.take()')}]",
    "query.paginate": "await (async () => { const seen = []; let cursor = null; for (;;) {"
    " const page = await ctx.runQuery(given.page, { cursor }); seen.push(page.numbers);"
    " if (page.isDone) return seen; cursor = page.cursor; } })()",
    "query.first": f"[(await {_QUERY}.first()).n, await ctx.db.query('nothing').first()]",
    "query.unique": "[(await ctx.db.query('docs').withIndex('by_tag', (q) => q.eq('tag', 'green')).unique()).n,"
    f" await ctx.db.query('nothing').unique(), ({_told(f'await {_QUERY}.unique()')}).split('\\n')[0]]",
    "query.Symbol(Symbol.asyncIterator)": "await (async () => { const seen = []; const query = ctx.db.query('docs');"
    " for await (const d of query) { seen.push(d.n); if (seen.length === 3) break; }"
    f" return [seen, {_told('{ for await (const d of query); }')}]; }})()",
    "query.next": "await (async () => { const query = ctx.db.query('docs')[Symbol.asyncIterator]();"
    " const one = await query.next();"
    " return [one.value.n, one.done, (await query.next()).value.n]; })()",
    "query.return": "await (async () => { const query = ctx.db.query('docs')[Symbol.asyncIterator]();"
    " await query.next();"
    f" return [await query.return(), {_told('await query.next()')}]; }})()",
    "filter.eq": _filter("q.eq(q.field('tag'), 'red')", "q.eq(q.field('rank'), undefined)", "q.eq(1, 1)"),
    "filter.neq": _filter("q.neq(q.field('tag'), 'red')", "q.neq(q.field('rank'), undefined)"),
    "filter.lt": _filter("q.lt(q.field('n'), 3)"),
    "filter.lte": _filter("q.lte(q.field('n'), 3)"),
    "filter.gt": _filter("q.gt(q.field('n'), 3)"),
    "filter.gte": _filter("q.gte(q.field('n'), 3)"),
    "filter.add": _filter("q.eq(q.add(q.field('n'), 1), 3)"),
    "filter.sub": _filter("q.eq(q.sub(q.field('n'), 1), 3)"),
    "filter.mul": _filter("q.eq(q.mul(q.field('n'), 2), 4)"),
    "filter.div": _filter("q.eq(q.div(q.field('n'), 2), 1.5)"),
    "filter.mod": _filter("q.eq(q.mod(q.field('n'), 2), 0)"),
    "filter.and": _filter("q.and(q.eq(q.field('tag'), 'red'), q.eq(q.field('rank'), 1))", "q.and()"),
    "filter.or": _filter("q.or(q.eq(q.field('tag'), 'green'), q.eq(q.field('rank'), 1))", "q.or()"),
    "filter.not": _filter("q.not(q.eq(q.field('tag'), 'red'))"),
    "filter.field": _filter("q.eq(q.field('meta.kind'), 'b')", "q.eq(q.field('no.such'), undefined)"),
    "range.eq": _range(
        ".withIndex('by_tag', (q) => q.eq('tag', 'red'))",
        ".withIndex('by_tag_rank', (q) => q.eq('tag', 'blue').eq('rank', undefined))",
        ".withIndex('by_kind', (q) => q.eq('meta.kind', null))",
    ),
    "range.gt": _range(".withIndex('by_tag', (q) => q.gt('tag', 'blue'))"),
    "range.gte": _range(".withIndex('by_tag_rank', (q) => q.eq('tag', 'red').gte('rank', 2))"),
    "range.lt": _range(".withIndex('by_tag', (q) => q.gte('tag', 'blue').lt('tag', 'red'))"),
    "range.lte": _range(".withIndex('by_tag', (q) => q.lte('tag', 'green'))"),
}
