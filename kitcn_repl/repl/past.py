"""The project's history for the arrow keys and ctrl-r."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable

from prompt_toolkit.history import History

from kitcn_repl.explore.recall import QueryHistory

_MOST = 1_000


class Past(History):
    """Read anew for each prompt: other shells and the application write to it too."""

    def __init__(self, history: QueryHistory) -> None:
        super().__init__()
        self._history = history

    async def load(self) -> AsyncGenerator[str, None]:
        for text in self.load_history_strings():
            yield text

    def load_history_strings(self) -> Iterable[str]:
        return [query.text for query in self._history.recent(_MOST)]

    def append_string(self, string: str) -> None:
        """What is run is added by whoever runs it, who knows how it went."""

    def store_string(self, string: str) -> None:
        """As above."""
