"""What of the editor's text is to run. What is left out becomes blank, so that lines and columns stay."""

from __future__ import annotations

from kitcn_repl.explore.inline.source_map import utf16_length
from kitcn_tui.query.result.outcome import Asked


def all_of(text: str) -> Asked:
    return Asked(text, text.strip())


def selection_of(text: str, start: int, end: int) -> Asked:
    """The code points `[start:end)`."""
    selected = text[start:end]
    return Asked(_blank(text[:start]) + selected, selected.strip(), "selection")


def statement_of(text: str, at: int) -> Asked | None:
    """The statement at a code point, with the declarations above that it uses."""
    from kitcn_repl.explore.inline.statements import statement_at

    found = statement_at(text, at)
    if found is None:
        return None
    pieces, end = [], 0
    for start, stop in found.ranges:
        pieces += [_blank(text[end:start]), text[start:stop]]
        end = stop
    written = "\n".join(text[start:stop] for start, stop in found.ranges)
    if found.shown is not None:
        pieces.append(f"\n;{found.shown}")
        written += f"\n{found.shown}"
    return Asked("".join(pieces), written.strip(), "statement")


def _blank(text: str) -> str:
    """As long, with nothing in it; columns count UTF-16 units."""
    lines = text.split("\n")
    return "\n" * (len(lines) - 1) + " " * utf16_length(lines[-1])
