"""What must be true of every failure: one clear line that a person can read, and that tells no secret."""

from __future__ import annotations

import io
import re
import unicodedata
from pathlib import Path

from kitcn_repl.cli.complaint import complain
from kitcn_repl.cli.environment import Environment
from kitcn_repl.errors import KitcnError

LONGEST = 400
"""Characters of a message, not counting the folder of a path in it."""

SECRET = "tok-7f3a9c51e2b84d06"


def clear_line(error: KitcnError, *, folder: Path | None = None, quotes_server: bool = False) -> str:
    """The message, checked. With `quotes_server` control characters may be in it as they came, since every front door
    shows it through `visible_lines`, but no line break."""
    for text in (error.message, error.hint):
        if text is None:
            continue
        short = text if folder is None else text.replace(str(folder), "")
        assert short.strip(), "the message is empty"
        assert len(short) <= LONGEST, f"the message has {len(short)} characters: {short[:120]!r} ..."
        assert not set(short) & set("\n\r\v\f\x85\u2028\u2029"), f"the message has several lines: {short!r}"
        assert quotes_server or short.isprintable(), f"the message holds what a terminal obeys: {short!r}"
        assert_no_secret(short)
    assert_safe_to_show(told(error))
    return error.message


def told(error: KitcnError) -> str:
    """As the command line shows it."""
    out = io.StringIO()
    complain(Environment(io.StringIO(), out, out, Path(), lambda: 0.0, {}), error)
    return out.getvalue()


def assert_safe_to_show(text: str, layout: str = "\n") -> None:
    """Nothing that a terminal would obey but `layout`, and nothing that cannot be encoded."""
    text.encode()
    obeyed = {char for char in text if not char.isprintable() and char not in layout and not _is_harmless(char)}
    assert not obeyed, f"shown as it came: {sorted(map(ascii, obeyed))[:5]} in {text[:300]!r}"


def _is_harmless(char: str) -> bool:
    """Not printable for Python, but no terminal acts on it: blanks of other widths, private use, unassigned, format
    characters that turn nothing around."""
    return unicodedata.category(char) in ("Zs", "Co", "Cn") or (unicodedata.category(char) == "Cf" and not _TURNS(char))


_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]").match


def assert_no_secret(text: str, secret: str = SECRET) -> None:
    """Neither whole nor its beginning, which is what is left where a long text is cut."""
    assert secret[:10] not in text, f"a planted secret appears: {text[:300]!r}"


def files_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}
