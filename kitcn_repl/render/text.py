"""The one place where text from a database is made safe to show.

A terminal obeys control characters wherever they come from, and bidirectional overrides make text read as something
else. `visible` writes each of them as the JavaScript escape that stands for it, so inside a JSON string the value stays
the same.
"""

from __future__ import annotations

_C0 = range(0x20)
_DEL_AND_C1 = range(0x7F, 0xA0)
_BIDI = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_SEPARATORS = (0x2028, 0x2029)
_SHORT = {0x08: "\\b", 0x09: "\\t", 0x0A: "\\n", 0x0C: "\\f", 0x0D: "\\r"}

# Lone surrogates are not in the table: they would make it 2,048 entries bigger for text that is rare.
_ESCAPES: dict[int, str] = {
    code: _SHORT.get(code, f"\\u{code:04x}") for code in (*_C0, *_DEL_AND_C1, *_BIDI, *_SEPARATORS)
}
_ESCAPES_EXCEPT_NEWLINE = {code: escape for code, escape in _ESCAPES.items() if code != 0x0A}
_ESCAPES_EXCEPT_LAYOUT = {code: escape for code, escape in _ESCAPES.items() if code not in (0x09, 0x0A)}


def visible(text: str) -> str:
    """One line of text without any character that a terminal would obey: `\\u001b` for escape, `\\n` for newline."""
    return _without_surrogates(text.translate(_ESCAPES))


def visible_lines(text: str) -> str:
    """As `visible`, but newlines stay."""
    return _without_surrogates(text.translate(_ESCAPES_EXCEPT_NEWLINE))


def visible_layout(text: str) -> str:
    """As `visible`, but newlines and tabs stay: for text whose layout a person made, such as their own query."""
    return _without_surrogates(text.translate(_ESCAPES_EXCEPT_LAYOUT))


def _without_surrogates(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return "".join(f"\\u{ord(char):04x}" if 0xD800 <= ord(char) <= 0xDFFF else char for char in text)
    return text
