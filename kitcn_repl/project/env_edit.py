"""Setting a variable in the text of an env file, and leaving everything else as its owner wrote it."""

from __future__ import annotations

import re

from kitcn_repl.project.env_files import assignments, parse_env_file

Span = tuple[int, int, str, str, str]

_LINE_END = re.compile(r"\r\n?|\n")
_COMMENT = re.compile(r"[^\S\n]*#[^\S\n]*(.*)\Z")
_WHERE_IT_IS = re.compile(r"team: [^\s,]+, project: [^\s,;]+(?:; )?")


def with_variable(
    text: str | None, name: str, value: str, *, comment: str | None = None, heading: str | None = None
) -> str | None:
    """`text` (None for a file that is not there) with `name` set to `value` once; None if nothing is to be changed.

    The first assignment is replaced where it is, further ones go; without any, a new one comes last, after the line
    `heading`. `comment` is of the form `team: T, project: P` and stands behind the value, in the place of one of that
    form, before any other. `value` needs no quotes.
    """
    assignment = f"{name}={value}"
    behind = "" if comment is None else f" # {comment}"
    opening = [] if heading is None else [heading]
    if text is None:
        return "".join(f"{line}\n" for line in (*opening, assignment + behind))
    spans = _line_spans(text, name)
    if not spans:
        end = line_end_of(text)
        gap = end if text.endswith(("\n", "\r")) else end * 2
        return text + gap + "".join(line + end for line in (*opening, assignment + behind))
    if len(spans) == 1 and spans[0][2] == value:
        return None
    wanted = {**parse_env_file(text), name: value}
    # An open quote further up would take a value without quotes for a part of its own, up to the next one.
    candidates = [
        _replaced(text, spans, kept, f"{name}={quote}{value}{quote}", comment)
        for kept in range(len(spans))
        for quote in ("", "'", '"', "`")
    ]
    return next((each for each in candidates if parse_env_file(each) == wanted), candidates[0])


def _replaced(text: str, spans: list[Span], kept: int, assignment: str, comment: str | None) -> str:
    """With the assignment in the place of one span, and nothing in that of the others."""
    lines = _split(text)
    first, last, _value, before, after = spans[kept]
    terminator = _terminator(lines[last])
    note = _joined(comment, after)
    replaced = f"{before}{assignment}{f' # {note}' if note else ''}{terminator}"
    gone = {at for start, stop, *_ in spans for at in range(start, stop + 1)}
    return "".join(replaced if at == first else line for at, line in enumerate(lines) if at == first or at not in gone)


def line_end_of(text: str) -> str:
    """The line end that the text uses most; a newline where it has none."""
    crlf = text.count("\r\n")
    return "\r\n" if crlf > text.count("\n") - crlf else "\n"


def _line_spans(text: str, name: str) -> list[Span]:
    """Of each assignment to `name`: its first and last line, its value, what stands before it (`export `), and the
    comment behind it."""
    plain = _LINE_END.sub("\n", text)
    found = []
    for each in assignments(plain):
        if each.name != name:
            continue
        start = plain.rfind("\n", 0, each.start) + 1
        stop = plain.find("\n", each.end)
        comment = _COMMENT.search(plain[each.end : stop if stop >= 0 else None])
        first, last = plain.count("\n", 0, each.start), plain.count("\n", 0, each.end)
        found.append((first, last, each.value, plain[start : each.start], comment[1].rstrip() if comment else ""))
    return found


def _joined(comment: str | None, old: str) -> str:
    """The comment behind an assignment: the new one, and what somebody wrote there beside the old one."""
    if comment is None:
        return old
    own = _WHERE_IT_IS.sub("", old, count=1)
    return f"{comment}; {own}" if own else comment


def _split(text: str) -> list[str]:
    """Lines with their ends; only newlines and carriage returns end one."""
    lines, start = [], 0
    for match in _LINE_END.finditer(text):
        lines.append(text[start : match.end()])
        start = match.end()
    return [*lines, text[start:]]


def _terminator(line: str) -> str:
    match = _LINE_END.search(line)
    return match[0] if match else ""
