"""Query objects and indexes used wrongly: the texts that Convex gives."""

from __future__ import annotations

from tests.engine.world import World


async def test_query_objects_are_used_once(world: World) -> None:
    assert await world.complaints(
        [
            "const q = ctx.db.query('notes').fullTableScan(); q.order('asc'); q.order('desc')",
            "const q = ctx.db.query('notes').order('asc'); await q.collect(); await q.collect()",
            "const q = ctx.db.query('notes').order('asc'); q.filter(f => true); await q.collect()",
            "const q = ctx.db.query('notes').order('asc'); q[Symbol.asyncIterator](); q[Symbol.asyncIterator]()",
            "ctx.db.query('notes').order('asc').order('desc')",
            "ctx.db.query('notes').order()",
            "const q = ctx.db.query('notes').order('asc'); for await (const d of q) break; await q.next()",
            "await ctx.db.query('notes').take(-1)",
            "await ctx.db.query('notes').take(1.5)",
            "await ctx.db.query('notes').take()",
            "let q = ctx.db.query('notes').order('asc'); for (let i = 0; i < 257; i++) q = q.filter(f => true)",
            "ctx.db.query('notes').withSearchIndex('search_tag', q => q.search('tag', 'x')).order('asc')",
        ]
    ) == [
        "A query can only be chained once and can't be chained after iteration begins.",
        "This query is closed and can't emit any more values.",
        "This query has been chained with another operator and can't be reused.",
        "Iteration can only begin on a query once.",
        "Queries may only specify order at most once",
        "Must provide arg 1 `order` to `order`",
        "This query is closed and can't emit any more values.",
        "Arg 1 `n` to `take` must be a non-negative integer",
        "Arg 1 `n` to `take` must be a non-negative integer",
        "Must provide arg 1 `n` to `take`",
        "Can't construct query with more than 256 operators",
        "Search queries must always be in relevance order. Can not set order manually.",
    ]


async def test_indexes_that_cannot_be_used(world: World) -> None:
    def query(arguments: str) -> str:
        return f"await ctx.db.query('notes').withIndex({arguments}).collect()"

    more = "For more information see https://docs.convex.dev/using/indexes."
    assert await world.complaints(
        [
            query("'nope'"),
            "await ctx.db.query('nowhere').withIndex('by_tag').collect()",
            "await ctx.db.query('nowhere').withIndex('by_creation_time').collect()",
            query("'staged'"),
            query("'search_tag'"),
            query("'by_vector'"),
            query("'by_tag', q => q.eq('rank', 1)"),
            query("'by_tag_rank', q => q.eq('rank', 1)"),
            query("'by_tag_rank', q => q.gt('tag', 'a').eq('rank', 1)"),
            query("'by_tag', q => q.gt('tag', 'a').gte('tag', 'b')"),
            query("'by_tag', q => q.lt('tag', 1).lte('tag', 2)"),
            query("'by_tag', q => q.eq('tag', 'a').eq('tag', 2n)"),
            query("'by_tag', q => q.eq('tag', 'a').gt('tag', undefined)"),
            query("'by_tag_rank', q => q.gt('tag', 'a').lt('rank', 1)"),
            query("'by_tag', q => { q.eq('tag', 'a'); return q.eq('tag', 'b'); }"),
            query("'by_tag', q => undefined"),
            query(""),
            query("'by_tag', q => q.eq('tag', () => 1)"),
            "await ctx.db.query('notes').withIndex('nope').take(0)",
        ]
    ) == [
        "Index notes.nope not found.",
        "Index nowhere.by_tag not found.",
        "Index nowhere.by_creation_time not found.",
        "Index notes.staged is currently staged and not available to query until it is enabled.",
        "Index notes.search_tag is not a database index",
        "Index notes.by_vector is not a database index",
        'The index range included a comparison with "rank", but notes.by_tag with fields ["tag", "_creationTime"] '
        f"doesn't index this field. {more}",
        "Tried to query index notes.by_tag_rank but the query didn't use the index fields in order.\n"
        'Index fields: ["tag", "rank", "_creationTime"]\nQuery fields: ["rank"]\nFirst incorrect field: "rank"\n'
        + more,
        "Tried to query index notes.by_tag_rank but the query didn't use the index fields in order.\n"
        'Index fields: ["tag", "rank", "_creationTime"]\nQuery fields: ["rank", "tag"]\n'
        f'First incorrect field: "rank"\n{more}',
        'Already defined lower bound in index range. Can\'t add "tag" >= "b".',
        'Already defined upper bound in index range. Can\'t add "tag" <= 2.',
        'Already defined equality bound in index range. Can\'t add "tag" == 2n.',
        'Already defined equality bound in index range. Can\'t add "tag" > undefined.',
        "Upper and lower bounds in `range` can only be applied to a single index field. This query against index "
        'notes.by_tag_rank attempted to set a range bound on both "tag" and "rank". Consider using `filter` instead. '
        "See https://docs.convex.dev/using/indexes for more info.",
        "IndexRangeBuilder has already been used! Chain your method calls like `q => q.eq(...).eq(...)`. See "
        "https://docs.convex.dev/using/indexes",
        "The callback of `withIndex` must return the builder that it was given, such as `q => q.eq(...)`",
        "Must provide arg 1 `indexName` to `withIndex`",
        '"[Function]" is not a supported Convex type.'.replace('"[Function]"', 'Function "[Function]"'),
        "Index notes.nope not found.",
    ]


async def test_search_is_said_to_be_missing(world: World) -> None:
    assert await world.complaints(
        [
            "await ctx.db.query('notes').withSearchIndex('search_tag', q => q.search('tag', 'red').eq('rank', "
            "1)).collect()",
            "await ctx.db.query('notes').withSearchIndex('nope', q => q.search('tag', 'red')).take(3)",
            "await ctx.db.query('notes').withSearchIndex('by_tag', q => q.search('tag', 'red')).take(3)",
            "await ctx.db.query('notes').withSearchIndex('search_tag').take(3)",
        ]
    ) == [
        "Search indexes are not available offline (index notes.search_tag)",
        "Index notes.nope not found.",
        "Index notes.by_tag is not a search index",
        "Must provide arg 2 `searchFilter` to `withSearchIndex`",
    ]
