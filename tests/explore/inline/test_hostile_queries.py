"""Texts that try to get out of the function around them: they stay one query, or are an error of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from kitcn_repl.explore.inline import InlineQueryError, run_inline
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.offline import Offline


@pytest.fixture
async def demo() -> AsyncIterator[Offline]:
    offline = Offline(demo_dataset())
    yield offline
    await offline.aclose()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("}) } ; globalThis.x = 1; (() => {", "SyntaxError: Unexpected token '}'"),
        ("1 } }); export const more = query(() => 1); query({ handler: async () => { return 2", "SyntaxError"),
        ("*/ 1 /*", "SyntaxError: Unexpected token '*'"),
        ("1 // \u2028 evil()", "SyntaxError: Unexpected identifier 'evil'"),
        ("`", "SyntaxError: Unexpected end of input"),
        ("#!/bin/sh\n1", "SyntaxError: Invalid or unexpected token"),
        ("import fs from 'node:fs'; fs", "SyntaxError"),
        ("arguments", "ReferenceError: arguments is not defined"),
        ("const ctx = 5; ctx", "Identifier 'ctx' has already been declared"),
    ],
)
async def test_they_are_errors(demo: Offline, text: str, told: str) -> None:
    with pytest.raises(InlineQueryError) as caught:
        await run_inline(demo, text)
    assert told in caught.value.message
    assert "wrappers.js" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("var query = 1; let __kitcn = 2; [query, __kitcn]", [1, 2]),
        ("({value: 1, metrics: {documentsRead: -1}})", {"value": 1, "metrics": {"documentsRead": -1}}),
        ("this === undefined && (function () { return this })() === undefined", True),
    ],
)
async def test_they_are_queries_like_any(demo: Offline, text: str, value: object) -> None:
    result = await run_inline(demo, text)
    assert result.value == value
    assert result.cost is not None
    assert result.cost.documents_read == 0
