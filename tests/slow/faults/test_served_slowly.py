"""Clients that say a byte now and then are not waited for without end."""

from __future__ import annotations

import select
import time
from pathlib import Path

from tests.faults.serving import serving
from tests.faults.test_served_clients import BEGUN
from tests.support.suites import Cases


def test_a_request_has_to_come_to_its_end(tmp_path: Path, cases: Cases) -> None:
    with serving(tmp_path) as program:
        before = program.files()
        clients = [program.connect() for _ in range(50)]
        for number, client in enumerate(clients):
            client.sendall(BEGUN[number % len(BEGUN)])
        end = time.monotonic() + 60
        while program.files() > before and time.monotonic() < end:
            for client in clients[:]:
                try:
                    client.sendall(b"x")
                except OSError:
                    clients.remove(client)
                    client.close()
            assert program.ask() == 200
            select.select(clients, [], [], 1)  # a byte a second, until one of them is closed
        assert program.files() <= before + 1
        for client in clients:
            client.close()
    cases.passed(50, "requests that never end")
