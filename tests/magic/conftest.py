"""One kernel for all tests of a process: starting one takes seconds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.magic.kernels import Kernel, running_kernel


@pytest.fixture(scope="session")
def shared_kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    with running_kernel(tmp_path_factory.mktemp("kernel")) as kernel:
        yield kernel


@pytest.fixture(scope="module")
def kernel(shared_kernel: Kernel) -> Kernel:
    """A kernel with a new session that asks the demo."""
    assert shared_kernel.run("%reload_ext kitcn_repl\n%kitcn use demo").status == "ok"
    return shared_kernel
