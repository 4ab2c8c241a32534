"""Connections that ask for nothing: they are not waited for without end, and never keep others out."""

from __future__ import annotations

import asyncio
import resource
from typing import Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

AT_ONCE: Final = 16
"""Connections that asyncio may accept in one go, before any of them can be closed again."""

QUEUE: Final = 1024
"""Connections that the system may hold until they are accepted."""

_REQUEST_SECONDS: Final = 30.0
"""In which a client has to say all of its request."""

_MOST: Final = 1000
_LEAST: Final = 32


class Connection(H11Protocol):
    """uvicorn's, closed when a request does not come to its end; and, of too many, when it waited longest for one."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._deadline: asyncio.TimerHandle | None = None
        self._idle_since = self.loop.time()
        self._expect()
        if len(self.connections) > _most_connections():
            self._make_room()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.is_asking:
            self._expect()
        else:
            self._expect_nothing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect_nothing()
        super().connection_lost(exc)

    @property
    def is_asking(self) -> bool:
        """Whether a request has begun and is not whole."""
        is_between = self.conn.their_state is h11.IDLE
        return self.conn.their_state is h11.SEND_BODY or (is_between and bool(self.conn.trailing_data[0]))

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way here, not even its end."""
        cycle: RequestResponseCycle | None = self.cycle
        return (cycle is None or cycle.response_complete) and not self.transport.is_closing()

    def on_response_complete(self) -> None:
        self._idle_since = self.loop.time()
        super().on_response_complete()

    def _expect(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(_REQUEST_SECONDS, self.transport.abort)

    def _expect_nothing(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _make_room(self) -> None:
        """Close what has been idle longest: in doubt this one."""
        idle = [one for one in self.connections if isinstance(one, Connection) and one.is_idle]
        oldest = min((one for one in idle if one is not self), key=lambda one: one._idle_since, default=self)
        oldest.transport.abort()


def _most_connections() -> int:
    """Half of the files that the process may open: queries need some too."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _MOST if files == resource.RLIM_INFINITY else max(_LEAST, min(_MOST, files // 2))
