"""Colours, with the grammar and without."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from importlib import metadata

import pytest
from kitcn_tui.query.editor import highlighter
from kitcn_tui.query.editor.grammar import Grammar
from kitcn_tui.query.editor.highlighter import Highlighter
from kitcn_tui.query.editor.tokens import Tokens

_TEXT = """// a comment
const é = "x", n = 5n; /* one
two */ const all: Doc<"user">[] = await ctx.db.query("user").filter((q) => q.eq(q.field("a"), `b
${n} c`)).take(10);
return { n, b: true };
"""


def _kinds(colours: Highlighter, text: str) -> dict[str, str]:
    """The kind of each text that has one; of several the last."""
    lines = text.split("\n")
    found: dict[str, str] = {}
    for line, spans in colours.spans(0, len(lines)).items():
        for start, end, kind in spans:
            found[lines[line][start:end]] = kind
    return found


@pytest.mark.parametrize("make", [Grammar, Tokens])
def test_what_a_query_is_made_of(make: type[Highlighter]) -> None:
    colours = make()
    colours.update(_TEXT)
    kinds = _kinds(colours, _TEXT)
    assert kinds["// a comment"] == kinds["/* one"] == kinds["two */"] == "comment"
    assert kinds["const"] == kinds["await"] == kinds["return"] == "keyword"
    assert kinds['"x"'] == kinds['"user"'] == "string"
    assert kinds["5n"] == kinds["10"] == "number"
    assert kinds["query"] == kinds["take"] == "method"
    assert kinds["ctx"] == "builtin"
    assert kinds["true"] == "constant"
    assert kinds["db"] == kinds["b"] == "property"


def test_edits_end_where_a_fresh_start_does() -> None:
    followed = Grammar()
    text = _TEXT
    chosen = random.Random(7)
    for _ in range(60):
        start = chosen.randrange(len(text) + 1)
        end = min(len(text), start + chosen.randrange(4))
        text = text[:start] + chosen.choice(["", "é", '"', "\n", "x(", "`", "/*", "}"]) + text[end:]
        followed.update(text)
        fresh = Grammar()
        fresh.update(text)
        lines = text.count("\n") + 1
        assert followed.spans(0, lines) == fresh.spans(0, lines)


def test_only_lines_that_are_looked_at_are_asked_for() -> None:
    colours = Grammar()
    colours.update(_TEXT * 500)
    assert set(colours.spans(1000, 1005)) <= set(range(1000, 1005))


def test_a_grammar_that_corrupts_memory_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(highlighter.choose(), Grammar)
    monkeypatch.setattr(metadata, "version", lambda _name: "0.26.1")
    assert isinstance(highlighter.choose(), Tokens)


def test_without_the_grammar_there_is_still_a_highlighter() -> None:
    code = (
        "import sys; sys.modules['tree_sitter'] = None; sys.modules['tree_sitter_typescript'] = None\n"
        "from kitcn_tui.query.editor.highlighter import choose\n"
        "print(type(choose()).__name__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout == "Tokens\n", done.stderr
