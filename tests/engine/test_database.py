"""ctx.db: documents by id, index walks, and the many ways to take their results."""

from __future__ import annotations

from pathlib import Path

from kitcn_repl.offline.engine import Engine
from kitcn_repl.offline.store.sqlite import memory_store
from kitcn_repl.values import JsonObject
from tests.engine.world import FILES, NOTE_LIST, NOTES, World, dataset, note_id


async def test_get_takes_an_id_with_or_without_its_table(world: World) -> None:
    assert await world.ask(
        f"return [await ctx.db.get('{note_id(2)}'), await ctx.db.get('notes', '{note_id(2)}'),"
        f" await ctx.db.table('notes').get('{note_id(2)}'), await ctx.db.get('{note_id(99)}'),"
        f" await ctx.db.get('{note_id(1, 19999)}')]"
    ) == [NOTE_LIST[1], NOTE_LIST[1], NOTE_LIST[1], None, None]


async def test_wrong_ids_are_told_apart(world: World) -> None:
    assert await world.complaints(
        [
            "return await ctx.db.get('abc')",
            f"return await ctx.db.get('{'i' * 32}')",
            f"return await ctx.db.get('empty', '{note_id(1)}')",
            "return await ctx.db.get(7)",
            "return await ctx.db.get()",
            f"return await ctx.db.get('{note_id(1, FILES)}')",
            f"return await ctx.db.system.get('{note_id(1)}')",
        ]
    ) == [
        "Invalid argument `id` for `db.get`: Unable to decode ID: Invalid ID length 3",
        "Invalid argument `id` for `db.get`: Unable to decode ID: ID wasn't valid base32",
        'Invalid argument `id` for `db.get`: expected to be an Id<"empty">, got Id<"notes"> instead.',
        "Invalid argument `id` for `db.get`, expected string but got 'number': 7",
        "Must provide arg 1 `id` to `get`",
        "System tables can only be accessed with db.system.",
        "User tables cannot be accessed with db.system.",
    ]


async def test_normalize_id(world: World) -> None:
    internal = "AAAAAAAAAAAAAAAAAAAAAQ"  # base64url of the internal id: the oldest form
    assert await world.ask(
        f"return [ctx.db.normalizeId('notes', '{note_id(3)}'), ctx.db.normalizeId('empty', '{note_id(3)}'),"
        f" ctx.db.normalizeId('notes', 'nonsense'), ctx.db.normalizeId('nowhere', '{note_id(3)}'),"
        f" ctx.db.normalizeId('notes', '{internal}')]"
    ) == [note_id(3), None, None, None, note_id(1)]


async def test_a_scan_is_in_order_of_creation_and_can_be_turned_around(world: World) -> None:
    forwards, backwards = await world.ask(
        "const n = (d) => d.number; return [(await ctx.db.query('notes').collect()).map(n),"
        " (await ctx.db.query('notes').order('desc').collect()).map(n)]"
    )
    assert forwards == list(range(1, 11))
    assert backwards == forwards[::-1]


async def test_documents_come_as_they_are_stored(world: World) -> None:
    assert await world.ask("return await ctx.db.query('notes').collect()") == NOTE_LIST
    assert await world.ask(
        "const d = (await ctx.db.query('notes').collect()); const last = d[9];"
        "return [typeof d[4].rank, d[7].data instanceof ArrayBuffer, new Uint8Array(d[7].data)[2], "
        "Number.isNaN(d[8].rank),"
        " typeof last.list[1][0], last.list[2].deep, last.constructor === Object, Array.isArray(last.list)]"
    ) == ["bigint", True, 2, True, "bigint", "x", True, True]


async def test_take_first_unique_count_limit(world: World) -> None:
    assert await world.ask(
        "const q = () => ctx.db.query('notes'); const blue = () => q().withIndex('by_tag', (r) => r.eq('tag', 'blue'));"
        "return [(await q().take(2)).length, (await q().take(0)).length, (await q().take(1000)).length,"
        " (await q().first()).number, await q().filter(f => f.eq(f.field('tag'), 'no')).first(),"
        " (await q().withIndex('by_tag', r => r.eq('tag', 'green')).unique()).number,"
        " await ctx.db.query('empty').unique(), await q().count(), await ctx.db.query('nowhere').count(),"
        " (await q().limit(3).collect()).length, (await blue().limit(1).collect())[0].number]"
    ) == [2, 0, 10, 1, None, 5, None, 10, 0, 3, 2]


async def test_unique_names_the_two_it_found(world: World) -> None:
    assert await world.complaint("return await ctx.db.query('notes').unique()") == (
        "Uncaught Error: unique() query returned more than one result from table notes:\n"
        f" [{note_id(1)}, {note_id(2)}, ...]"
    )


async def test_a_table_that_is_not_there_is_empty(world: World) -> None:
    assert await world.ask(
        "return [await ctx.db.query('nowhere').collect(), await ctx.db.query('nowhere').first(),"
        " await ctx.db.query('empty').collect()]"
    ) == [[], None, []]


async def test_for_await_reads_only_what_it_needs(world: World) -> None:
    seen, used = await world.ask(
        "const seen = []; for await (const d of ctx.db.query('notes')) { seen.push(d.number); if (seen.length "
        "=== 3) break; }"
        "return [seen, (await ctx.meta.getTransactionMetrics()).documentsRead.used]"
    )
    assert (seen, used) == ([1, 2, 3], 3)
    assert await world.ask(
        "const it = ctx.db.query('notes')[Symbol.asyncIterator](); const a = await it.next(); await it.return();"
        "return [a.value.number, a.done]"
    ) == [1, False]
    assert (
        await world.ask(
            "const q = ctx.db.query('empty'); const out = []; for await (const d of q) out.push(d); return out"
        )
        == []
    )


async def test_index_ranges(world: World) -> None:
    cases = {
        "by_tag, r => r.eq('tag', 'red')": [1, 3, 4, 8, 9],
        "by_tag": [7, 2, 6, 5, 1, 3, 4, 8, 9, 10],
        "by_tag, r => r.eq('tag', undefined)": [7],
        "by_tag, r => r.gt('tag', 'green')": [1, 3, 4, 8, 9, 10],
        "by_tag, r => r.gte('tag', 'green').lt('tag', 'red')": [5],
        "by_tag, r => r.lte('tag', 'blue')": [7, 2, 6],
        "by_tag_rank, r => r.eq('tag', 'red')": [3, 4, 8, 1, 9],
        "by_tag_rank, r => r.eq('tag', 'red').gt('rank', 1)": [4, 8, 1, 9],
        "by_tag_rank, r => r.eq('tag', 'red').gte('rank', 1).lte('rank', 2)": [3, 4, 8],
        "by_tag_rank, r => r.eq('rank', 2).eq('tag', 'red')": [4, 8],
        "by_tag_rank, r => r.eq('tag', 'red').eq('rank', 2).gt('_creationTime', 1004)": [8],
        "by_tag_rank, r => r.eq('tag', 'green').eq('rank', 7n)": [5],
        "by_tag_rank, r => r.eq('tag', 'green').eq('rank', 7)": [],
        "by_kind, r => r.eq('meta.kind', 'b')": [2],
        "by_kind, r => r.eq('meta.kind', null)": [4],
        "by_creation_time, r => r.gt('_creationTime', 1008)": [9, 10],
        f"by_id, r => r.eq('_id', '{note_id(3)}')": [3],
        "by_tag, r => r.gt('tag', 'red').lt('tag', 'blue')": [],
    }
    script = ""
    for case in cases:
        name, _, callback = case.partition(", ")
        arguments = f"'{name}'" + (f", {callback}" if callback else "")
        script += f"await both(() => ctx.db.query('notes').withIndex({arguments}));\n"
    both = (
        "const both = async (q) => { for (const found of [await q().collect(), await q().order('desc').collect()])"
        " out.push(found.map((d) => d.number)); };\n"
    )
    found = await world.ask(f"const out = [];\n{both}{script}return out;")
    assert dict(zip(cases, found[::2], strict=True)) == cases
    assert dict(zip(cases, found[1::2], strict=True)) == {case: numbers[::-1] for case, numbers in cases.items()}


async def test_pages_from_the_store_join_without_a_seam(deno_cache: Path) -> None:
    # Pages grow from 32 rows to as many as fit in a megabyte, here 1000.
    documents: list[JsonObject] = [
        {"_id": note_id(i), "_creationTime": float(i), "number": float(i), "text": "x" * 1000, "tag": str(i % 3)}
        for i in range(5000)
    ]
    world = World(Engine(dataset(store=memory_store({"notes": documents})), cache_dir=deno_cache))
    assert await world.ask(
        "const n = (d) => d.number; const q = () => ctx.db.query('notes');"
        "const third = (f) => f.eq(f.mod(f.field('number'), 3), 0);"
        "return [(await q().collect()).map(n), (await q().order('desc').filter(third).collect()).map(n),"
        " (await q().filter(third).take(100)).map(n), (await q().take(100)).map(n),"
        " (await q().withIndex('by_tag', (r) => r.eq('tag', '1')).order('desc').take(1500)).map(n)]"
    ) == [
        list(range(5000)),
        list(range(4998, -1, -3)),
        list(range(0, 300, 3)),
        list(range(100)),
        list(range(4999, 499, -3)),
    ]


SIDES = (("System", "system."), ("User", ""))


async def test_system_tables(world: World) -> None:
    file = {
        "_id": note_id(1, FILES),
        "_creationTime": 5,
        "size": 11,
        "sha256": "uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=",
    }
    assert await world.ask(
        f"return [await ctx.db.system.get('{note_id(1, FILES)}'), await ctx.db.system.query('_storage').collect(),"
        " await ctx.db.system.query('_scheduled_functions').collect(), await ctx.db.system.query('_modules').collect()]"
    ) == [file, [file], [], []]
    system, user = (f"{kind} tables can only be accessed from db.{side}query()." for kind, side in SIDES)
    assert await world.complaints(
        [
            "ctx.db.query('_storage')",
            "ctx.db.system.query('notes')",
            "ctx.db.table('_storage').query()",
            "ctx.db.system.table('notes').query()",
            "ctx.db.query('')",
        ]
    ) == [system, user, system, user, "no error: undefined"]
    assert "Invalid argument `query` for `queryStream`" in await world.complaint("return ctx.db.query('a b').collect()")


async def test_components_have_their_own_tables(world: World) -> None:
    assert await world.ask("return (await ctx.db.query('gadgets').collect()).map(d => d.name)", "widgets") == ["cog"]
    assert await world.ask("return await ctx.db.query('notes').collect()", "widgets") == []
    assert await world.ask("return process.env", "widgets") == {}
    assert NOTES == 10001


async def test_many_gets_at_once(world: World) -> None:
    ids = ",".join(f"'{note_id(1 + i % 10)}'" for i in range(300))
    assert (
        await world.ask(
            f"const all = await Promise.all([{ids}].map(id => ctx.db.get(id))); return all.reduce((s, d) => s "
            "+ d.number, 0)"
        )
        == 1650
    )
