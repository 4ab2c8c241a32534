"""The matrix misses nothing that the genuine packages have, and what it says of gaps is so."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from kitcn_repl.deployment.errors import QueryFailedError
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.engine import Engine
from kitcn_repl.offline.offline import Offline
from tests.cli.console import Console
from tests.conformance.genuine import HERE
from tests.conformance.matrix.catalogue import Item, catalogue, commands, operators, system_queries
from tests.conformance.matrix.gaps import GAPS
from tests.conformance.matrix.page import page
from tests.conformance.matrix.verdicts import Showing, claim, judge
from tests.conformance.one_process import one_process
from tests.engine.world import module
from tests.support.conformance import PAGE


def test_the_page_knows_every_item_of_the_genuine_packages() -> None:
    """In a run of its own, so that an item that is new says so at once, and not only at the end of a whole run."""
    text = (HERE.parents[1] / PAGE).read_text(encoding="utf-8")
    told, handed_over = (
        _first_cells(text),
        _first_cells(text.partition("## Commands handed over")[2].partition("##")[0]),
    )
    carried = {one.subject for one in commands() if not one.name and _typed(one) in handed_over}
    assert [str(one) for one in catalogue() if one.subject not in carried and _typed(one) not in told] == []


def _first_cells(text: str) -> set[str]:
    cells = (line.split(" | ")[0].removeprefix("| ") for line in text.splitlines() if line.startswith("| "))
    return {cell.removesuffix(" *hidden*").strip("`") for cell in cells}


def _typed(item: Item) -> str:
    if not item.subject.startswith("cli"):
        return item.name
    return f"{item.subject.removeprefix('cli').strip() or 'convex'} {item.name}".strip()


def test_the_genuine_help_shows_what_we_heard_of(tmp_path: Path) -> None:
    """Of every command: the flags and the commands below it, but for the hidden ones."""
    heard: dict[str, set[str]] = {"cli": set()}
    for item in commands():
        if item.subject == "cli":  # its help lists no flags
            continue
        above, _, word = item.subject.rpartition(" ")
        shown = heard.setdefault(item.subject, set())
        if item.name.startswith("--") and not item.is_hidden:
            shown.add(item.name)
        if not item.name and not item.is_hidden:
            heard[above].add(word)
    with one_process(tmp_path, {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}) as genuine:
        helps = {subject: genuine(*subject.split()[1:], "--help").stdout.decode() for subject in heard}
    assert {subject: _listed(text) for subject, text in helps.items()} == heard


def _listed(text: str) -> set[str]:
    above, _, below = text.partition("\nCommands:\n")
    options = above.partition("\nOptions:\n")[2].partition("\nGlobal Options:\n")[0]
    flags = re.findall(r"^  (?:-\w, )?(--[\w-]+)", options, re.M)
    return {*flags, *re.findall(r"^  ([a-z][\w-]*)", below, re.M)} - {"--help", "help"}


def test_every_kind_of_item_is_there() -> None:
    assert {"cli run", "cli env default set", "cli deployment token create"} <= {one.subject for one in commands()}
    assert Item("cli data", "--format") in commands()
    assert Item("cli logs", "--tail", is_hidden=True) in commands()
    assert {"ctx.db.get", "query.paginate", "filter.neg", "range.lte", "search.eq"} <= {one.name for one in operators()}
    assert {"cli/tables", "cli/queryTable", "frontend/getById"} <= {one.name for one in system_queries()}
    assert len({one.key for one in catalogue()}) == len(catalogue())


USAGE_ERRORS = [key for key, line in GAPS.items() if line.startswith("a usage error")]
NOT_FOUND = [
    name for (subject, name), line in GAPS.items() if subject == "system query" and line.startswith("not found")
]


@pytest.mark.parametrize(("subject", "flag"), USAGE_ERRORS, ids=" ".join)
def test_a_gap_that_is_a_usage_error(subject: str, flag: str, tmp_path: Path) -> None:
    outcome = Console(cwd=tmp_path)(*subject.split()[1:], flag)
    assert (outcome.code, outcome.out, len(outcome.lines)) == (2, "", 1)
    assert flag in outcome.err


@pytest.mark.parametrize("name", NOT_FOUND)
async def test_a_gap_that_is_not_found(name: str) -> None:
    demo = Offline(demo_dataset())
    with pytest.raises(QueryFailedError, match="Could not find public function"):
        await demo.system(f"_system/{name}", {})
    await demo.aclose()


async def test_searching_is_refused_by_the_name_of_the_index(tmp_path: Path) -> None:
    assert all(("operator", name) in GAPS for name in ("query.withSearchIndex", "search.search", "search.eq"))
    engine = Engine(demo_dataset(), cache_dir=tmp_path)
    search = "ctx.db.query('typeZoo').withSearchIndex('search_label', (q) => q.search('label', 'x').eq('kind', 'y'))"
    with pytest.raises(QueryFailedError, match=r"not available offline \(index typeZoo\.search_label\)"):
        await engine.run(module(f"return await {search}.collect();"))
    await engine.aclose()


def test_a_version_of_our_own() -> None:
    assert ("cli", "--version") in GAPS
    assert Console()("--version").out.startswith("kitcn ")
    assert Console()("-V").code == 2


ITEMS = (
    Item("cli run"),
    Item("cli run", "--watch"),
    Item("cli dev"),
    Item("cli dev", "--once"),
    Item("operator", "x.y"),
)


def _showing(subject: str, *names: str, kind: str = "same", better: str = "", outcome: str = "passed") -> Showing:
    subject, of, shown, how = claim(subject, *names, kind=kind, better=better)
    return Showing(subject, of, shown, how, "tests/test_a.py::test_b[c]", outcome)


def _kinds(*showings: Showing, gaps: dict[tuple[str, str], str] | None = None) -> dict[str, str]:
    found = judge(ITEMS, showings, gaps or {}).verdicts
    return {str(one.item): one.kind for one in found.values()}


def test_the_strongest_claim_counts_and_a_broken_one_undoes_it() -> None:
    same, better = _showing("cli run"), _showing("cli run", better="how")
    assert _kinds(same)["cli run"] == "same"
    assert _kinds(same, better)["cli run"] == "better"
    for outcome in ("failed", "was skipped", "did not run"):
        broken = _showing("cli run", outcome=outcome)
        verdict = judge(ITEMS, [same, better, broken], {}).verdicts["cli run", ""]
        assert (verdict.kind, verdict.notes) == ("not yet", (f"`tests/test_a.py::test_b {outcome}`",))


def test_a_command_that_is_handed_over_takes_its_flags_with_it() -> None:
    kinds = _kinds(_showing("cli dev", kind="handed over"), _showing("cli run"))
    assert (kinds["cli dev --once"], kinds["cli run --watch"]) == ("handed over", "not yet")


def test_what_is_not_explained_or_not_there_is_a_problem() -> None:
    gaps = {("cli run", "--watch"): "a", ("operator", "x.y"): "b", ("operator", "z"): "c"}
    shown = [_showing("cli run", "", "--watch"), _showing("cli fly"), _showing("cli dev", kind="handed over")]
    problems = judge(ITEMS, shown, gaps).problems
    assert [line.partition(":")[0] for line in problems] == ["cli fly", "cli run --watch", "operator z"]
    assert judge(ITEMS, shown[:1], {}).problems == (
        "cli dev --once: no test shows it, and gaps.py does not say what happens instead",
        "cli dev: no test shows it, and gaps.py does not say what happens instead",
        "operator x.y: no test shows it, and gaps.py does not say what happens instead",
    )


def test_a_mark_says_what_it_may() -> None:
    for arguments, more in [
        ((), {}),
        ((1,), {}),
        (("cli run",), {"kind": "not yet"}),
        (("cli run",), {"kind": "better"}),
    ]:
        with pytest.raises(TypeError):
            claim(*arguments, **more)


def test_the_page_is_the_same_for_the_same_verdicts() -> None:
    shown = [_showing("cli run", better="a | b"), _showing("cli dev", kind="handed over")]
    text = page(judge(ITEMS, shown, {}).verdicts.values())
    assert text == page(judge(ITEMS, shown[::-1], {}).verdicts.values())
    assert "| `run` | better | a \\| b | [a](../tests/test_a.py) |" in text
    assert "| `dev` | 1 | [a](../tests/test_a.py) |" in text
    assert "| **together** | 0 | 1 | 2 | 0 | 2 |" in text
