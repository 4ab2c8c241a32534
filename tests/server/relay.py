"""A relay in front of a server, which notes the status of every answer that passes."""

from __future__ import annotations

import re
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")


class Recorded:
    """Where it listens, and what has been answered."""

    def __init__(self, upstream: str) -> None:
        address = urlsplit(upstream)
        self._upstream = (str(address.hostname), address.port or 0)
        self._statuses: list[int] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def statuses(self) -> list[int]:
        """Those of the answers since the last time."""
        seen, self._statuses = self._statuses, []
        return seen

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._upstream)
            self._open += [client, server]
            self._threads.append(threading.Thread(target=self._pass_on, args=(client, server)))
            self._threads[-1].start()

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        with client, server, suppress(OSError):
            while True:
                for side in select.select([client, server], [], [])[0]:
                    data = side.recv(65_536)
                    if not data:
                        return
                    if side is server:
                        self._statuses += [int(found) for found in _STATUS.findall(data)]
                    (client if side is server else server).sendall(data)


@contextmanager
def recording(upstream: str) -> Iterator[Recorded]:
    relay = Recorded(upstream)
    try:
        yield relay
    finally:
        relay.close()
