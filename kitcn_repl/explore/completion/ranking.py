"""Which candidates fit what was typed, and which first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from kitcn_repl.explore.completion.suggestion import Candidate

_PART: Final = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])|\W+")
_SHORTEST_FUZZY: Final = 2


def ranked(candidates: Iterable[Candidate], typed: str) -> list[Candidate]:
    """Those that fit: what starts as typed, then what has it at the start of a part (`ownerId` for `id`), inside, and
    scattered (`usr` in `user`). Within these, in the order given. A text that is typed already is no help."""
    scored: list[tuple[int, int, Candidate]] = []
    seen: set[str] = set()
    for position, candidate in enumerate(candidates):
        score = _score(candidate.key, typed)
        if score is not None and candidate.text not in seen:
            seen.add(candidate.text)
            scored.append((score, position, candidate))
    return [candidate for _, _, candidate in sorted(scored, key=lambda entry: entry[:2])]


def _score(name: str, typed: str) -> int | None:
    if name.startswith(typed):
        return 0
    lowered, wanted = name.lower(), typed.lower()
    if lowered.startswith(wanted):
        return 1
    if len(wanted) < _SHORTEST_FUZZY:
        return 2 if lowered.lstrip("_").startswith(wanted) else None
    at = lowered.find(wanted)
    if at < 0:
        return 4 if _is_scattered(lowered, wanted) else None
    return 2 if any(part.start() == at for part in _PART.finditer(name)) else 3


def _is_scattered(name: str, typed: str) -> bool:
    """In that order, and from the name's first letter or digit on."""
    if name.lstrip("_")[:1] != typed[:1]:
        return False
    rest = iter(name)
    return all(character in rest for character in typed)
