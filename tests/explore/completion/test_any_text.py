"""Whatever is typed, and however fast, completion answers."""

from __future__ import annotations

import re
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from kitcn_repl.explore.completion import IndexWord, RelationWord, TableWord, Words, complete
from kitcn_repl.explore.inline.completeness import is_complete
from kitcn_repl.explore.inline.tokens import tokenize
from tests.explore.completion.words import WORDS, field, fields

_PIECES = st.sampled_from(
    [
        "ctx", ".", "db", "query", "(", ")", '"', "'", "`", "${", "}", "{", "[", "]", "user", "session", "=>", "=", ",",
        ";", "const ", "let ", "for (", " of ", "await ", "async ", "function ", "return ", "q", "eq", "withIndex",
        "map", "...", "?.", "?", ":", "<", ">", "!", "\n", " ", "//", "/*", "*/", "/", "\\", "Doc", "with", "as ",
        "new ", "case ", "switch", "handler", "then", "Promise", "all", "&&", "||", "??", "1", ".5", "😀", "é",
        "\u2028", "&",
    ]
)  # fmt: skip


@settings(deadline=None, max_examples=400)
@given(st.lists(_PIECES, max_size=40).map("".join), st.data())
def test_it_never_fails_and_offers_what_fits_in(text: str, data: st.DataObject) -> None:
    cursor = data.draw(st.integers(0, len(text)))
    is_complete(text)
    for suggestion in complete(text, cursor, WORDS):
        assert 0 <= suggestion.start <= cursor <= suggestion.end <= len(text)


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=80))
def test_tokens_are_in_order_and_leave_out_blanks_and_nonsense_only(text: str) -> None:
    end = 0
    for token in tokenize(text):
        assert end <= token.start < token.end
        assert text[token.start : token.end] == token.text
        assert re.search(r"[A-Za-z0-9_(){}\[\].,;\"'`]", text[end : token.start]) is None
        end = token.end


_WHOLE = """
export default query({
  handler: async (ctx) => {
    // the newest first
    const users = await ctx.db.query("user").withIndex("role_name", (q) => q.eq("role", "admin")).take(5);
    const related = await Promise.all(users.map(async (user) => ({
      ...user, sessions: await ctx.db.query('session').withIndex("userId", (q) => q.eq("userId", user._id)).collect(),
    })));
    for (const { name, sessions } of related) console.log(`${name}: ${sessions.map((s) => s.token).join(", ")}`);
    return related.filter((r) => /a[/]b/.test(r.name) && r.sessions.length / 2 > 1)!;
  },
});
"""


def test_every_place_of_a_whole_query() -> None:
    for cursor in range(len(_WHOLE) + 1):
        complete(_WHOLE, cursor, WORDS)
        complete(_WHOLE[:cursor], cursor, WORDS)


def _tables(count: int) -> Words:
    def load() -> dict[str, TableWord]:
        return {
            f"table{number}": TableWord(
                f"table{number}",
                fields(*(field(f"field{number}_{column}") for column in range(20))),
                tuple(IndexWord(f"by_{column}", (f"field{number}_{column}",)) for column in range(5)),
                tuple(RelationWord(f"relation{column}", "table1") for column in range(5)),
            )
            for number in range(count)
        }

    return Words(load)


def _seconds(words: Words, text: str) -> float:
    times = []
    for _ in range(5):
        started = time.process_time()
        complete(text, len(text), words)
        times.append(time.process_time() - started)
    return min(times)


def test_five_hundred_tables_cost_no_more_than_their_names() -> None:
    """A ratio, as machines differ: the work is that of going over the names, and not that of their square."""
    few, many = _tables(25), _tables(500)
    for text in ('ctx.db.query("', 'ctx.db.query("tab', "tab", "const x = await ctx.db.get(id); x.", 'any.related("'):
        complete(text, len(text), many)
        complete(text, len(text), few)
        assert _seconds(many, text) < 150 * max(_seconds(few, text), 0.0002), text


def test_long_texts_are_read_in_linear_time() -> None:
    line = 'const users = await ctx.db.query("user").withIndex("email").collect();\nusers.map((u) => u.name);\n'
    short, long = line * 5 + "users[0].", line * 100 + "users[0]."
    assert _seconds(WORDS, long) < 150 * _seconds(WORDS, short)
