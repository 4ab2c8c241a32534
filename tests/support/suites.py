"""Which tests run, with which random cases, and what a run says about itself: nothing is skipped unseen.

`tests/slow` and whatever is marked `slow` waits for `--slow`. Where KITCN_REQUIRE_ALL=1, as in CI, a skipped test is a
failed one, unless its reason begins with `optional: `.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

SLOW = Path(__file__).parents[1] / "slow"
OPTIONAL = "optional: "
_CASES = "random cases"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="also the slow suite: ten thousand cases of each kind")
    parser.addoption(
        "--seed",
        default="1",
        help="the seed of the slow suite's cases; fixed by default, so that a red run tells of the change",
    )


def pytest_configure(config: pytest.Config) -> None:
    """hypothesis, too, tries the same in every run, unless it is given `--hypothesis-seed`."""
    settings.register_profile("kitcn", derandomize=config.getoption("--hypothesis-seed", None) is None)
    settings.load_profile("kitcn")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """Two for each core: half of the time tests wait for servers, terminals and kernels."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    cores = os.cpu_count() or 1
    return min(2 * cores, max(cores, 8))


def pytest_report_header(config: pytest.Config) -> str:
    if config.getoption("--slow"):
        return f"slow suite: --seed {config.getoption('--seed')}"
    return "slow suite: not run, --slow runs it"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if SLOW in item.path.parents:
            item.add_marker(pytest.mark.slow)
    if config.getoption("--slow"):
        return
    waiting = [item for item in items if item.get_closest_marker("slow")]
    if waiting:
        config.hook.pytest_deselected(items=waiting)
        items[:] = [item for item in items if not item.get_closest_marker("slow")]


@dataclass(frozen=True)
class Cases:
    """Random cases of one test: where they come from, and a count of them for the report."""

    random: random.Random
    seed: str
    tell: Callable[[str], None]

    def passed(self, count: int, what: str) -> None:
        """`count` cases held; the run's report says so. Each must have been able to fail."""
        self.tell(f"{count:,} {what}")


@pytest.fixture
def cases(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Cases:
    """The test's own random numbers, the same for the same `--seed`."""
    seed = str(request.config.getoption("--seed"))
    return Cases(random.Random(f"{seed} {request.node.nodeid}"), seed, lambda text: record_property(_CASES, text))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    lines = [
        f"{report.nodeid}: {value}"
        for report in terminalreporter.getreports("passed")
        for name, value in report.user_properties
        if name == _CASES
    ]
    if lines:
        terminalreporter.section(f"random cases, --seed {config.getoption('--seed')}")
        for line in sorted(lines):
            terminalreporter.line(line)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _require(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _require(report)
    return report


def _require(report: pytest.TestReport | pytest.CollectReport) -> None:
    if not report.skipped or os.environ.get("KITCN_REQUIRE_ALL") != "1":
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if not reason.removeprefix("Skipped: ").startswith(OPTIONAL):
        report.outcome = "failed"
        report.longrepr = f"KITCN_REQUIRE_ALL=1, but skipped: {reason}"
