"""Says what a file is that is not a ZIP, from its first bytes."""

from __future__ import annotations

from typing import Final

_BEGINNINGS: Final = (
    (b"PK\x03\x04", "is a truncated ZIP: its end is missing (an interrupted download?)"),
    (b"\x1f\x8b", "is not a ZIP but a gzip file; unpack it first"),
    (b"SQLite format 3\0", "is not a ZIP but an SQLite database; if a backend's, open it as sqlite:FILE"),
    (b"7z\xbc\xaf\x27\x1c", "is not a ZIP but a 7z archive; unpack it and pack it as ZIP"),
    (b"Rar!", "is not a ZIP but a RAR archive; unpack it and pack it as ZIP"),
    (b"\x28\xb5\x2f\xfd", "is not a ZIP but a zstd file; unpack it first"),
    (b"%PDF", "is not a ZIP but a PDF document"),
)


def what_it_is(head: bytes) -> str:
    """The rest of a sentence that begins with the file's name; `head` is its beginning, 512 bytes or more."""
    if not head:
        return "is empty"
    for beginning, sentence in _BEGINNINGS:
        if head.startswith(beginning):
            return sentence
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] == b"<":
        return "is not a ZIP but an HTML or XML page; the download probably answered with an error page"
    if text[:1] in (b"{", b"["):
        return "is not a ZIP but JSON; a snapshot is the whole .zip that `convex export` writes"
    if head[257:262] == b"ustar":
        return "is not a ZIP but a tar archive; unpack it and pack it as ZIP"
    return "is not a ZIP file"
