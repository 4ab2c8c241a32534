"""What a function failure looks like to a client: Convex's layout of message, stack frames and log lines (2.6)."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Sequence

from kitcn_repl.deployment.errors import QueryFailedError
from kitcn_repl.offline.engine.source_map import SourceMap
from kitcn_repl.values import JsonValue

_LONGEST = 65_536
_FRAME = re.compile(r"\s+at (?:(?P<function>.*?) \()?(?P<file>[^()\s]+):(?P<line>\d+):(?P<column>\d+)\)?\Z")


def failure(
    text: str,
    frames: Sequence[str] = (),
    *,
    data: JsonValue = None,
    has_data: bool = False,
    log_lines: Sequence[str] = (),
) -> QueryFailedError:
    """`text` is JavaScript's (`Uncaught Error: boom`) or the server's; frames are finished lines."""
    message = f"[Request ID: {secrets.token_hex(8)}] Server Error\n{error_text(text, frames)}\n"
    return QueryFailedError(message, data=data, has_data=has_data, log_lines=log_lines)


def error_text(text: str, frames: Sequence[str]) -> str:
    return "\n".join((text, *frames)).encode("utf-8", "replace")[:_LONGEST].decode("utf-8", "ignore")


def map_frames(stack: str, path: str, source_map: str | None) -> list[str]:
    """The frames of the user's own code, by its source map; without one there are none."""
    if source_map is None:
        return []
    try:
        mapping = SourceMap.parse(json.loads(source_map))
    except ValueError:
        return []
    frames = []
    for line in stack.splitlines():
        match = _FRAME.match(line)
        if match is None or match["file"] != path:
            continue
        original = mapping.original(int(match["line"]), int(match["column"]))
        if original is None:
            continue
        function = (match["function"] or "<anonymous>").removeprefix("async ").removeprefix("Object.")
        source, row, column = original
        frames.append(f"    at {function} ({source}:{row}:{column})")
    return frames


def binary_size(size: int) -> str:
    """As the server writes sizes: `16 MiB`, `17.17 MiB`."""
    value = float(size)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024 or unit == "GiB":
            break
        value /= 1024
    return f"{value:.2f}".rstrip("0").rstrip(".") + f" {unit}"
