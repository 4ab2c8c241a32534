"""Tells entries apart, so that what comes twice is told once."""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence

from kitcn_repl.values import JsonObject

_REMEMBERED = 10_000


class Seen:
    """Knows the last entries that went by: as many as two pages had, and at least 10,000."""

    def __init__(self) -> None:
        # A dict keeps the order in which they came.
        self._identities: dict[Hashable, None] = {}
        self._longest_page = 0

    def fresh(self, page: Sequence[JsonObject]) -> list[JsonObject]:
        """The entries of a page that no page before had, and of those that end an execution only one each."""
        seen = self._identities
        found: list[JsonObject] = []
        repeatable: dict[Hashable, None] = {}
        for entry in page:
            identity = _identity(entry)
            if identity in seen:
                continue
            # An action may say the same thing twice in a moment, but it ends once.
            (seen if entry.get("kind") == "Completion" else repeatable)[identity] = None
            found.append(entry)
        seen.update(repeatable)
        self._forget(len(page))
        return found

    def _forget(self, page_length: int) -> None:
        self._longest_page = max(self._longest_page, page_length)
        kept = max(_REMEMBERED, 2 * self._longest_page)
        if len(self._identities) > 2 * kept:
            recent = list(self._identities)[-kept:]
            self._identities = dict.fromkeys(recent)


def _identity(entry: JsonObject) -> Hashable:
    request, execution, time = entry.get("requestId"), entry.get("executionId"), entry.get("timestamp")
    if entry.get("kind") == "Completion" and type(execution) is type(request) is str and isinstance(time, float | int):
        return request, execution, time
    return json.dumps(entry, sort_keys=True)
