"""Working ahead in a thread: order, errors, and what it does to the other threads of the process."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from kitcn_repl.offline.snapshot.ahead import ahead


def failing() -> Iterator[int]:
    yield 1
    raise ValueError("broken")


def test_gives_the_same_items() -> None:
    assert list(ahead(range(100))) == list(range(100))


def test_raises_what_its_thread_raised() -> None:
    items = ahead(failing())
    assert next(items) == 1
    with pytest.raises(ValueError, match="broken"):
        next(items)


def test_two_at_once_leave_the_switch_interval_as_it_was() -> None:
    usual = sys.getswitchinterval()
    first, second = ahead(range(10)), ahead(range(10))
    next(first)
    next(second)
    assert sys.getswitchinterval() < usual
    first.close()
    assert sys.getswitchinterval() < usual
    second.close()
    assert sys.getswitchinterval() == usual
