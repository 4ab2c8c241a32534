"""What somebody types to see only some lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitcn_repl.errors import UsageError
from kitcn_repl.explore.logs.kept import KeptLog, Line
from kitcn_repl.explore.logs.line_filter import LEVEL_NAMES, LineFilter, next_level, parse_filter
from kitcn_repl.values import JsonObject


def entry(identifier: str, *lines: str, error: str | None = None, at: float = 100.0, **more: str) -> JsonObject:
    return {
        "kind": "Completion", "udfType": "Mutation", "identifier": identifier, "timestamp": at, "error": error,
        "requestId": "7f3a", "executionId": "e", "logLines": list(lines), **more,
    }  # fmt: skip


LOG = [
    entry("users:list", "[LOG] looking up 'ada'", "[DEBUG] deep"),
    entry("projects:rename", "[WARN] only 2 tokens left", error="Uncaught Error: no", requestId="99"),
    entry("lib:limit", "[INFO] fine", componentPath="rateLimiter", at=200.0),
]


def shown(text: str) -> list[str]:
    kept = KeptLog()
    kept.add(LOG)
    bound = parse_filter(text).bound(200_000.0)
    lines = [Line(line) for line in kept.lines if bound.takes(line)]
    return [line.text or line.outcome or "" for line in lines]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["looking up 'ada'", "deep", "ok", "only 2 tokens left", "Uncaught Error: no", "fine", "ok"]),
        ("ADA", ["looking up 'ada'"]),
        ("projects:rename", ["only 2 tokens left", "Uncaught Error: no"]),
        ('"up \'ada"', ["looking up 'ada'"]),
        ("up ada", ["looking up 'ada'"]),
        ("-up -users -lib", ["only 2 tokens left", "Uncaught Error: no"]),
        ("level:warn", ["only 2 tokens left", "Uncaught Error: no"]),
        ("level:error", ["Uncaught Error: no"]),
        ("level:info users", ["looking up 'ada'"]),
        ("function:projects:*", ["only 2 tokens left", "Uncaught Error: no"]),
        ("function:rateLimiter", ["fine", "ok"]),
        ("request:99", ["only 2 tokens left", "Uncaught Error: no"]),
        ("is:failed", ["Uncaught Error: no"]),
        ("is:quiet", ["looking up 'ada'", "deep", "only 2 tokens left", "Uncaught Error: no", "fine"]),
        ("since:50s", ["fine", "ok"]),
        ("IS:FAILED users", []),
    ],
)  # fmt: skip
def test_what_is_shown(text: str, expected: list[str]) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize("text", ["level:loud", "is:odd", "since:yesterday"])
def test_what_means_nothing_is_told(text: str) -> None:
    with pytest.raises(UsageError):
        parse_filter(text)


words = st.text(st.characters(exclude_characters='"'), min_size=1, max_size=12)


@given(
    st.builds(
        LineFilter,
        function=st.none() | words,
        request=st.none() | words,
        level=st.none() | st.sampled_from(LEVEL_NAMES),
        since=st.none() | st.just("1h"),
        failed=st.booleans(),
        quiet=st.booleans(),
        words=st.lists(words, max_size=3).map(tuple),
        without=st.lists(words, max_size=3).map(tuple),
    )
)
def test_a_filter_can_be_written_and_read_again(wanted: LineFilter) -> None:
    assert parse_filter(wanted.text) == wanted


def test_levels_go_round() -> None:
    assert [next_level(level) for level in (None, "DEBUG", "LOG", "WARN", "ERROR")] == [
        "WARN", "WARN", "WARN", "ERROR", None,
    ]  # fmt: skip
