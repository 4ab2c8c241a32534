"""What is said of a query before it runs."""

from __future__ import annotations

import pytest

from kitcn_repl.explore.inline.remarks import remarks
from kitcn_repl.schema.model import Index, Schema, Table

_SCHEMA = Schema(
    component="",
    tables={
        "user": Table(
            "user",
            {},
            indexes=(
                Index("by_email", "database", ("email",)),
                Index("by_team", "database", ("teamId", "role")),
                Index("by_new", "database", ("age",), staged=True),
            ),
            count=5_000,
            origins=("deployment",),
        ),
        "log": Table("log", {}, count=1_000_000, origins=("data",)),
        "small": Table("small", {}, count=3, origins=("deployment",)),
    },
)


def _said(text: str) -> list[tuple[str, str]]:
    """What each remark is about, and its message."""
    return [(text[remark.start : remark.end], remark.message) for remark in remarks(text, _SCHEMA)]


@pytest.mark.parametrize(
    ("text", "about", "words"),
    [
        ('await ctx.db.query("usr").first()', '"usr"', 'did you mean "user"?'),
        ('const é = "😀"; await ctx.db\n  .query("nothingLike").first()', '"nothingLike"', "There is no table"),
        ('ctx.db.query("user").withIndex("by_emial", q => q.eq("email", 1)).first()', '"by_emial"', '"by_email"?'),
        ("await ctx.db.insert('user', {})", "ctx.db.insert", "readonly"),
        ("ctx.scheduler.runAfter(0, x)", "ctx.scheduler", "readonly"),
        ("const a = (1 + 2;", "(", "not closed"),
        ('ctx.db.query("user").collect()', "collect", "all 5,000 documents"),
        ('ctx.db.query("user").withIndex("by_email").collect()', "collect", "all 5,000 documents"),
        ('ctx.db.query("log").collect()', "collect", "one query may read 32,000"),
        ('ctx.db.query("user").filter(q => q.eq(q.field("email"), mail)).first()', "filter", '.withIndex("by_email"'),
        (
            'ctx.db.query("user").filter((q) => q.and(q.gt(q.field("x"), 1), (q.gte(q.field("teamId"), t)))).collect()',
            "filter",
            'q.gte("teamId", …)',
        ),
    ],
)
def test_what_is_certain_is_said(text: str, about: str, words: str) -> None:
    ((found, message),) = _said(text)
    assert found == about
    assert words in message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{ a: 1, b: 2 }",
        'await ctx.db.query("user").take(5)',
        'ctx.db.system.query("_storage").collect()',
        'ctx.db.query("_storage").collect()',
        'ctx.db.query("small").collect()',
        "ctx.db.query(name).collect()",
        'ctx.db.query("log").withIndex("by_x", q => q.eq("x", 1)).collect()',
        'ctx.db.query("user").withIndex("by_creation_time", q => q.gt("_creationTime", 1)).collect()',
        'ctx.db.query("user").filter(q => q.or(q.eq(q.field("email"), 1), q.eq(q.field("x"), 2))).first()',
        'ctx.db.query("user").filter(q => q.neq(q.field("email"), 1)).first()',
        'ctx.db.query("user").filter(q => q.eq(q.field("email"), q.field("name"))).first()',
        'ctx.db.query("user").filter(q => q.eq(q.field("role"), 1)).first()',
        'ctx.db.query("user").filter(q => q.eq(q.field("age"), 1)).first()',
        'other.query("usr").collect()',
        "// ctx.db.insert",
        '"ctx.db.insert"',
    ],
)
def test_nothing_is_said_of_what_may_well_be_right(text: str) -> None:
    assert _said(text) == []


def test_without_a_schema_only_the_text_itself_counts() -> None:
    assert remarks('ctx.db.query("usr")') == []
    assert [remark.kind for remark in remarks("f(")] == ["mistake"]
