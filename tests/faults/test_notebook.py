"""Magics in a real kernel under every fault: one clean error without traceback, and the next cell works."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.table import BRIEF, KEY, SECRETS
from tests.magic.kernels import Kernel, running_kernel
from tests.support.faults import FaultyServer, in_thread, succeed

QUICK = [name for name in BRIEF if name not in ("closed", "reset", "a proxy's page", "429 until a moment ago", "503")]


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    with running_kernel(tmp_path_factory.mktemp("kernel")) as kernel:
        yield kernel


@pytest.mark.parametrize("cell", ["%%kitcn {}\n1", "%kitcn data user {}"], ids=["cell", "line"])
def test_one_clean_error(kernel: Kernel, cell: str, tmp_path: Path) -> None:
    with in_thread(FaultyServer()) as server:
        flags = f"--url {server.url} --admin-key '{KEY}'"
        for fault in QUICK:
            server.on("*", BRIEF[fault])
            ran = kernel.run(cell.format(flags))
            assert ran.status == "error", fault
            assert len(ran.told.strip().splitlines()) == 1, (fault, ran.told)
            told = f"{ran.told} {ran.text} {ran.shown} {ran.error}"
            assert "Traceback" not in told, (fault, told)
            assert [secret for secret in SECRETS if secret in told] == [], (fault, told)
            server.on("*", succeed(5))
            assert kernel.run(f"%%kitcn {flags}\n1").plain.startswith("5\n"), fault
