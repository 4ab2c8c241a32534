"""Working ahead in a second thread: while SQLite stores what was read without the interpreter lock, more is read."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Generator, Iterable
from typing import Final, TypeVar

_T = TypeVar("_T")
_DEPTH: Final = 2
_POLL_SECONDS: Final = 0.1
# By default a thread waits 5 ms for the interpreter lock, as long as a whole block takes to store.
_SWITCH_SECONDS: Final = 0.0005


def ahead(items: Iterable[_T]) -> Generator[_T]:
    """The same items, made by a thread that is at most a few ahead. Its exceptions are raised here.

    The thread has ended when the generator is exhausted or closed. Meanwhile all threads of the process hand over the
    interpreter lock more often.
    """
    waiting: queue.Queue[tuple[_T] | BaseException | None] = queue.Queue(_DEPTH)
    stopped = threading.Event()

    def put(item: tuple[_T] | BaseException | None) -> bool:
        while not stopped.is_set():
            try:
                waiting.put(item, timeout=_POLL_SECONDS)
            except queue.Full:
                continue
            return True
        return False

    def work() -> None:
        try:
            for item in items:
                if not put((item,)):
                    return
        except BaseException as error:
            put(error)
        else:
            put(None)

    thread = threading.Thread(target=work, name="snapshot-reader", daemon=True)
    with _BUSY:
        thread.start()
        try:
            while (item := waiting.get()) is not None:
                if isinstance(item, BaseException):
                    raise item
                yield item[0]
        finally:
            stopped.set()
            thread.join()


class _QuickSwitching:
    """While anybody is inside, threads hand over the interpreter lock quickly. The last one out restores the usual."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._usual = 0.0

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                self._usual = sys.getswitchinterval()
                sys.setswitchinterval(_SWITCH_SECONDS)
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                sys.setswitchinterval(self._usual)


_BUSY: Final = _QuickSwitching()
