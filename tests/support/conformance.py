"""What marked tests show of the conformance matrix, and `docs/conformance.md` made from it.

`@pytest.mark.conforms("cli run", "--watch")` on a test says: it runs these items of the genuine tools beside ours, and
they come out the same. `better="how"` says that ours is better, `kind="handed over"` that the project's own npm program
does it, `kind="described"` that there is only a description to compare with. `tests/conformance/matrix` has all items.

After a run of all tests, or of `-m conforms`, the page must say what they showed; `--conformance-page` writes it.
"""

from __future__ import annotations

import difflib
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.node import CONFORMANCE
from tests.support.suites import SLOW

PAGE = Path("docs", "conformance.md")
"""Below pytest's root folder."""
MARK = "conforms"
REWRITE = f"python -m pytest -n auto -m {MARK} --conformance-page"
_CLAIM = "conforms"
_LONGEST_DIFFERENCE = 40


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--conformance-page",
        action="store_true",
        help="write docs/conformance.md from the results of this run, which must have every test marked `conforms`",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{MARK}(subject, *names, better='how', kind='same'): shows items of the matrix")
    if config.getoption("--conformance-page") and not has_every_marked_test(config):
        raise pytest.UsageError(f"--conformance-page needs every test marked {MARK!r}: {REWRITE}")
    # With xdist the controller hears the reports of all workers.
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Results(config))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each marked test carries its claims in its report, which travels between processes."""
    from tests.conformance.matrix.verdicts import claim

    for item in items:
        for mark in item.iter_markers(MARK):
            if SLOW in item.path.parents or item.get_closest_marker("slow"):
                raise pytest.UsageError(
                    f"{item.nodeid}: a slow test cannot show conformance, since most runs leave it out"
                )
            try:
                item.user_properties.append((_CLAIM, list(claim(*mark.args, **mark.kwargs))))
            except TypeError as error:
                raise pytest.UsageError(f"{item.nodeid}: {error}") from None


def has_every_marked_test(config: pytest.Config) -> bool:
    """Whether what is asked for on the command line leaves out no marked test."""
    chosen = config.option
    if config.args_source is pytest.Config.ArgsSource.ARGS:
        folders = [(config.invocation_params.dir / argument).resolve() for argument in config.args]
        if not {config.rootpath, config.rootpath / "tests"} & set(folders):
            return False
    narrowed = ("keyword", "deselect", "ignore", "ignore_glob", "lf", "collectonly", "stepwise", "maxfail")
    return chosen.markexpr in ("", MARK) and not any(getattr(chosen, name, None) for name in narrowed)


class Results:
    """Claims and outcomes of the marked tests, by node id, and what the run has to say about the page."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._claims: dict[str, list[Any]] = {}
        self._outcomes: dict[str, str] = {}
        self._lines: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        claims = [value for name, value in report.user_properties if name == _CLAIM]
        if claims:
            self._claims[report.nodeid] = claims
            self._outcomes[report.nodeid] = _worse(self._outcomes.get(report.nodeid), report)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        has_ended = session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        if not self._claims or not has_ended or not has_every_marked_test(self._config):
            return
        why_not = self._why_not_compared()
        if why_not:
            self._lines = [f"{PAGE} was not compared with this run: {why_not}."]
            return
        self._lines = self._settled()
        if self._lines:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._lines:
            terminalreporter.section("conformance")
            for line in self._lines:
                terminalreporter.line(line)

    def _why_not_compared(self) -> str:
        if shutil.which("node") is None or not (CONFORMANCE / "node_modules" / "convex").is_dir():
            return "Node or the npm packages are missing"
        skipped = sum(outcome == "was skipped" for outcome in self._outcomes.values())
        if skipped and not self._config.getoption("--conformance-page"):
            return f"{skipped} of the tests that it rests on were skipped"
        return ""

    def _settled(self) -> list[str]:
        """Compare or write the page. What is wrong, in lines."""
        from tests.conformance.matrix.catalogue import catalogue
        from tests.conformance.matrix.gaps import GAPS
        from tests.conformance.matrix.page import page
        from tests.conformance.matrix.verdicts import Showing, judge

        showings = [
            Showing(subject, tuple(names), kind, how, test, self._outcomes[test])
            for test, claims in sorted(self._claims.items())
            for subject, names, kind, how in claims
        ]
        judgement = judge(catalogue(), showings, GAPS)
        text = page(judgement.verdicts.values())
        path = self._config.rootpath / PAGE
        lines = list(judgement.problems)
        if self._config.getoption("--conformance-page"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return lines
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        if before != text:
            difference = list(
                difflib.unified_diff(before.splitlines(), text.splitlines(), "page", "this run", "", "", 0)
            )
            lines += difference[:_LONGEST_DIFFERENCE]
            lines.append(f"{PAGE} does not say what this run showed; write it anew with: {REWRITE}")
        return lines


def _worse(before: str | None, report: pytest.TestReport) -> str:
    """The outcome after one more phase. A test has passed once its own phase has, and no other failed."""
    if report.outcome == "failed" or before == "failed":
        return "failed"
    if report.outcome == "skipped" or before == "was skipped":
        return "was skipped"
    return "passed" if report.when == "call" else before or "did not run"
