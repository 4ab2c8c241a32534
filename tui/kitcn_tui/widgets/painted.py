"""Text that the core's renderers have laid out, in the colours of the theme."""

from __future__ import annotations

import re
from typing import Final

from textual.content import Content

MUTED: Final = "$foreground 60%"
"""For `Content`, where `$text-muted` comes out white: it stands for a colour that only CSS can work out."""

_CODE: Final = re.compile(r"\x1b\[([0-9;]*)m")
_STYLES: Final = {
    "1": "bold",
    "2": MUTED,
    "31": "$text-error",
    "1;31": "bold $text-error",
    "32": "$text-success",
    "33": "$text-warning",
    "34": "$text-primary",
    "35": "$text-secondary",
    "36": "$text-accent",
}


def painted(text: str) -> Content:
    """What was drawn with `render.style.Style(enabled=True)`; it is safe to show already."""
    parts: list[str | tuple[str, str]] = []
    style = ""
    at = 0
    for code in _CODE.finditer(text):
        parts.append(_part(text[at : code.start()], style))
        style, at = _STYLES.get(code[1], ""), code.end()
    parts.append(_part(text[at:], style))
    return Content.assemble(*(part for part in parts if part))


def _part(text: str, style: str) -> str | tuple[str, str]:
    return (text, style) if text and style else text
