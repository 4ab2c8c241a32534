"""Trees: guides, columns, and what happens where the terminal is narrow."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from kitcn_repl.render.style import PLAIN, Style
from kitcn_repl.render.tree import Node, Piece, draw_tree


def line(*texts: str, details: tuple[str, ...] = (), children: tuple[Node, ...] = ()) -> Node:
    return Node([Piece(text) for text in texts], list(children), [Piece(text) for text in details], aligned=True)


TREE = Node(
    [Piece("root")],
    [
        line("a", "bcd", "", details=("first",), children=(line("inner"),)),
        line("efghi", "", "x", details=("", "second")),
        line("j", "", "", details=("third",)),
    ],
)


def test_aligned_siblings_stand_in_columns() -> None:
    assert draw_tree([TREE], PLAIN, None) == [
        "root",
        "├─ a      bcd     first",
        "│  └─ inner",
        "├─ efghi       x         second",
        "└─ j              third",
    ]


def test_details_go_beneath_where_one_line_is_too_short() -> None:
    assert draw_tree([TREE], PLAIN, 20) == [
        "root",
        "├─ a      bcd",
        "│  │  first",
        "│  └─ inner",
        "├─ efghi       x",
        "│     second",
        "└─ j",
        "      third",
    ]


def test_what_is_too_long_goes_on_beneath() -> None:
    tree = Node([Piece("root")], [line("abcdefgh", "ijklmnop", "qrstuvwx")])
    assert draw_tree([tree], PLAIN, 22) == ["root", "└─ abcdefgh  ijklmnop", "   qrstuvwx"[:3] + "   qrstuvwx"]


def test_a_piece_that_may_be_cut_is_cut_to_its_line() -> None:
    tree = Node([Piece("id1234"), Piece("a text that goes on and on", may_be_cut=True)])
    assert draw_tree([tree], PLAIN, 24) == ["id1234  a text that goe…"]
    # Not worth it: nothing of it could be read.
    assert draw_tree([tree], PLAIN, 16)[0] == "id1234"


def test_indented_without_guides() -> None:
    assert draw_tree([line("a", "b"), line("cc", "d")], PLAIN, None, indent="  ") == ["  a   b", "  cc  d"]


def test_colours_do_not_count() -> None:
    node = Node([Piece("ab", "cyan"), Piece("c")], aligned=True)
    other = Node([Piece("abcd"), Piece("d")], aligned=True)
    assert draw_tree([node, other], Style(enabled=True), 80) == ["\x1b[36mab\x1b[0m    c", "abcd  d"]


def test_a_piece_longer_than_a_line_breaks_between_words() -> None:
    tree = Node([Piece("root")], [Node([Piece("a note of several words, which is long", "dim")], [Node([Piece("x")])])])
    assert draw_tree([tree], PLAIN, 20) == [
        "root",
        "└─ a note of",
        "   │  several words,",
        "   │  which is long",
        "   └─ x",
    ]


PIECES = st.lists(st.text(alphabet="abc日 ", max_size=30), min_size=1, max_size=4)
NODES = st.recursive(
    st.builds(lambda texts: line(*texts, details=tuple(texts[1:])), PIECES),
    lambda inner: st.builds(
        lambda texts, nodes: line(*texts, children=tuple(nodes)), PIECES, st.lists(inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(NODES, st.integers(40, 80))
def test_nothing_is_lost_and_no_line_too_wide(node: Node, width: int) -> None:
    def depth(of: Node) -> int:
        return 1 + max((depth(child) for child in of.children), default=0)

    def texts(of: Node) -> str:
        return "".join([*(piece.text for piece in (*of.pieces, *of.details)), *(texts(child) for child in of.children)])

    def letters(text: str) -> str:
        return "".join(char for char in text if char in "abc日")

    lines = draw_tree([node], PLAIN, width)
    assert all(cell_len(text) <= max(width, 3 * depth(node) + 24) for text in lines)
    assert letters("".join(lines)) == letters(texts(node)) == letters("".join(draw_tree([node], PLAIN, None)))
