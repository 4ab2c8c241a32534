"""The expression language of `filter`."""

from __future__ import annotations

import pytest

from tests.engine.world import World


@pytest.mark.conforms("operator", "filter.neg", kind="described")
async def test_every_operator(world: World) -> None:
    cases = {
        "q.eq(q.field('tag'), 'red')": [1, 3, 4, 8, 9],
        "q.neq(q.field('tag'), 'red')": [2, 5, 6, 7, 10],
        "q.lt(q.field('number'), 3)": [1, 2],
        "q.lte(q.field('number'), 3)": [1, 2, 3],
        "q.gt(q.field('number'), 8)": [9, 10],
        "q.gte(q.field('number'), 8)": [8, 9, 10],
        "q.eq(q.add(q.field('number'), 1), 5)": [4],
        "q.eq(q.sub(q.field('number'), 1), 5)": [6],
        "q.eq(q.mul(q.field('number'), 2), 8)": [4],
        "q.eq(q.div(q.field('number'), 2), 2.5)": [5],
        "q.eq(q.mod(q.field('number'), 5), 0)": [5, 10],
        "q.eq(q.neg(q.field('number')), -2)": [2],
        "q.and(q.eq(q.field('tag'), 'red'), q.gt(q.field('number'), 4))": [8, 9],
        "q.or(q.eq(q.field('number'), 1), q.eq(q.field('number'), 10))": [1, 10],
        "q.not(q.lt(q.field('number'), 10))": [10],
        "q.and()": list(range(1, 11)),
        "q.or()": [],
        "true": list(range(1, 11)),
        "q.eq(q.field('meta.kind'), 'b')": [2],
        "q.eq(q.field('meta'), {kind: null})": [4],
        "q.eq(q.field('tag'), undefined)": [7],
        "q.eq(q.field('meta.kind'), undefined)": [3, 5, 6, 7, 8, 9, 10],
        "q.eq(q.field('rank.length'), undefined)": list(range(1, 11)),
        "q.eq(q.field('rank'), NaN)": [9],
        "q.eq(q.field('rank'), 7n)": [5],
        "q.eq(q.field('rank'), 7)": [],
        # Convex order across types: undefined < null < int64 < float64 < boolean < string
        "q.lt(q.field('rank'), 1)": [5, 7],
        "q.gt(q.field('rank'), 3)": [6, 9, 10],
        "q.gt(q.field('data'), 'text')": [8],
        "q.eq(q.field('data'), new Uint8Array([0, 1, 2]).buffer)": [8],
        "q.eq(q.field('list'), [1, [2n], {deep: 'x'}])": [10],
        # `or` stops at the first true, so that the wrong type after it is never met
        "q.or(true, q.add(1, 'x'))": list(range(1, 11)),
    }
    script = "".join(
        f"out.push((await ctx.db.query('notes').filter(q => {case}).collect()).map(d => d.number));\n" for case in cases
    )
    found = await world.ask(f"const out = [];\n{script}return out;")
    assert dict(zip(cases, found, strict=True)) == cases


async def test_filters_and_limits_work_in_their_order(world: World) -> None:
    assert await world.ask(
        "const red = q => q.eq(q.field('tag'), 'red'); const n = d => d.number;"
        "return [(await ctx.db.query('notes').filter(red).filter(q => q.gt(q.field('number'), 3)).take(1)).map(n),"
        " (await ctx.db.query('notes').limit(4).filter(red).collect()).map(n),"
        " (await ctx.db.query('notes').filter(red).limit(4).collect()).map(n)]"
    ) == [[4], [1, 3, 4], [1, 3, 4, 8]]


async def test_wrong_types(world: World) -> None:
    run = "return await ctx.db.query('notes').filter(q => {}).collect()"
    found = await world.complaints(
        [
            run.replace("{}", "q.field('number')"),
            run.replace("{}", "undefined"),
            run.replace("{}", "q.and(1n)"),
            run.replace("{}", "q.eq(q.add(1, 1n), 2)"),
            run.replace("{}", "q.eq(q.add('a', 'b'), 'ab')"),
            run.replace("{}", "q.eq(q.neg('a'), 1)"),
            run.replace("{}", "q.eq(q.add(9223372036854775807n, 1n), 1n)"),
            run.replace("{}", "q.eq(q.field('x'), new Date())"),
            "return await ctx.db.query('notes').filter().collect()",
        ]
    )
    assert found[:3] == [
        "Cannot use value 1 (type Float64) as a Boolean",
        "Cannot use value undefined (type Undefined) as a Boolean",
        "Cannot use value 1n (type Int64) as a Boolean",
    ]
    assert found[3].startswith("Cannot add 1 (type Float64) and 1n (type Int64)")
    assert found[4].startswith("Cannot add 'a' (type String) and 'b' (type String)")
    assert found[5].startswith("Cannot neg 'a' (type String)")
    assert found[6] == "add overflows an Int64"
    assert found[7].startswith('Date "2026-09-2') and found[7].endswith(" is not a supported Convex type.")
    assert found[8] == "Must provide arg 1 `predicate` to `filter`"
