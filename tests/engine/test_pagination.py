"""`.paginate()`: pages, cursors, and where a page stops."""

from __future__ import annotations

from typing import Any

from tests.engine.world import World


async def page(world: World, query: str, options: str) -> dict[str, Any]:
    found: dict[str, Any] = await world.ask(
        f"const p = await {query}.paginate({options}); return {{...p, page: p.page.map(d => d.number)}};"
    )
    return found


async def test_walking_a_table_page_by_page(world: World) -> None:
    for order in ("asc", "desc"):
        query = f"ctx.db.query('notes').order('{order}')"
        seen: list[float] = []
        cursor, pages = "null", 0
        while True:
            result = await page(world, query, f"{{numItems: 4, cursor: {cursor}}}")
            seen += result["page"]
            pages += 1
            cursor = f"'{result['continueCursor']}'"
            if result["isDone"]:
                break
        assert seen == (list(range(1, 11)) if order == "asc" else list(range(10, 0, -1)))
        assert pages == 3
        assert (await page(world, query, f"{{numItems: 4, cursor: {cursor}}}"))["page"] == []


async def test_a_page_that_just_fits_does_not_know_that_it_is_the_last(world: World) -> None:
    query = "ctx.db.query('notes').withIndex('by_tag', q => q.eq('tag', 'blue'))"
    first = await page(world, query, "{numItems: 2, cursor: null}")
    assert (first["page"], first["isDone"]) == ([2, 6], False)
    second = await page(world, query, f"{{numItems: 2, cursor: '{first['continueCursor']}'}}")
    assert (second["page"], second["isDone"]) == ([], True)
    assert (await page(world, query, "{numItems: 3, cursor: null}"))["isDone"] is True


async def test_a_limit_of_nothing_is_done_at_once(world: World) -> None:
    nothing = await page(world, "ctx.db.query('notes').limit(0)", "{numItems: 2, cursor: null}")
    assert (nothing["page"], nothing["isDone"], nothing["splitCursor"]) == ([], True, None)


async def test_cursors_are_the_same_for_the_same_position(world: World) -> None:
    first, again = [await page(world, "ctx.db.query('notes')", "{numItems: 2, cursor: null}") for _ in range(2)]
    assert first == again
    assert set(first["continueCursor"]) <= set("0123456789abcdef")


async def test_a_cursor_belongs_to_one_query(world: World) -> None:
    cursor = (await page(world, "ctx.db.query('notes')", "{numItems: 2, cursor: null}"))["continueCursor"]
    failure = await world.failure(
        f"return await ctx.db.query('notes').order('desc').paginate({{numItems: 2, cursor: '{cursor}'}})"
    )
    assert "Uncaught ConvexError: InvalidCursor:" in failure.message
    assert failure.data == {"isConvexSystemError": True, "paginationError": "InvalidCursor"}
    filtered = "ctx.db.query('notes').filter(q => q.eq(q.field('tag'), 'red'))"
    assert "InvalidCursor" in await world.complaint(
        f"return await {filtered}.paginate({{numItems: 2, cursor: '{cursor}'}})"
    )
    for broken in ("zz", "00", "", cursor[:-2], cursor[:-1] + ("0" if cursor[-1] != "0" else "1")):
        assert (
            await world.complaint(f"return await ctx.db.query('notes').paginate({{numItems: 2, cursor: '{broken}'}})")
            == "Uncaught Error: Failed to parse cursor"
        )


async def test_filters_run_before_the_page_is_counted(world: World) -> None:
    query = "ctx.db.query('notes').filter(q => q.eq(q.field('tag'), 'red'))"
    first = await page(world, query, "{numItems: 3, cursor: null}")
    assert first["page"] == [1, 3, 4]
    rest = await page(world, query, f"{{numItems: 3, cursor: '{first['continueCursor']}'}}")
    assert (rest["page"], rest["isDone"]) == ([8, 9], True)


async def test_end_cursor_gives_a_page_its_old_bounds(world: World) -> None:
    for order in ("asc", "desc"):
        query = f"ctx.db.query('notes').order('{order}')"
        first = await page(world, query, "{numItems: 4, cursor: null}")
        end = first["continueCursor"]
        again = await page(world, query, f"{{numItems: 1, maximumRowsRead: 1, cursor: null, endCursor: '{end}'}}")
        assert (again["page"], again["continueCursor"], again["isDone"]) == (first["page"], end, False)
        rest = await page(world, query, f"{{numItems: 100, cursor: '{end}'}}")
        assert rest["isDone"] and len(rest["page"]) == 6
        whole = await page(world, query, f"{{numItems: 1, cursor: null, endCursor: '{rest['continueCursor']}'}}")
        assert whole["isDone"] and len(whole["page"]) == 10


async def test_row_and_byte_limits_cut_a_page(world: World) -> None:
    query = "ctx.db.query('notes')"
    cut = await page(world, query, "{numItems: 9, cursor: null, maximumRowsRead: 5}")
    assert (cut["page"], cut["pageStatus"], cut["isDone"]) == ([1, 2, 3, 4, 5], "SplitRequired", False)
    half = await page(world, query, f"{{numItems: 9, cursor: null, endCursor: '{cut['splitCursor']}'}}")
    assert half["page"] == [1, 2, 3]
    one = await page(world, query, "{numItems: 9, cursor: null, maximumBytesRead: 1}")
    assert (one["page"], one["pageStatus"], one["splitCursor"]) == ([1], "SplitRequired", None)
    near = await page(world, query, "{numItems: 4, cursor: null, maximumRowsRead: 5}")
    assert (near["page"], near["pageStatus"]) == ([1, 2, 3, 4], "SplitRecommended")
    assert (await page(world, query, "{numItems: 2, cursor: null}"))["pageStatus"] is None


async def test_wrong_options(world: World) -> None:
    async def complaint(options: str, component: str = "") -> str:
        return await world.complaint(f"return await ctx.db.query('notes').paginate({options})", component)

    assert await complaint("{numItems: -1, cursor: null}") == (
        "Uncaught Error: `options.numItems` must be a positive number. Received `-1`."
    )
    assert await complaint("{cursor: null}") == (
        "Uncaught Error: `options.numItems` must be a positive number. Received `undefined`."
    )
    assert await complaint("") == "Uncaught TypeError: Must provide arg 1 `options` to `paginate`"
    assert await complaint("{numItems: 0, cursor: null}") == (
        "Uncaught Error: Must request at least 1 document while paginating"
    )
    assert "Page size is too large (actual: 32001, limit: 32000)" in await complaint("{numItems: 32001, cursor: null}")
    assert "maximumRowsRead" in await complaint("{numItems: 1, cursor: null, maximumRowsRead: 0}")
    assert "only supported in the app" in await complaint("{numItems: 1, cursor: null}", "widgets")


async def test_only_one_paginated_query_in_a_function(world: World) -> None:
    assert "ran multiple paginated queries" in await world.complaint(
        "for (let i = 0; i < 2; i++) await ctx.db.query('notes').paginate({numItems: 1, cursor: null})"
    )
