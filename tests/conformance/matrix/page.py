"""`docs/conformance.md`: the verdicts as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from tests.conformance.matrix.verdicts import Kind, Verdict

ORDER: tuple[Kind, ...] = ("same", "better", "handed over", "described", "not yet")

INTRODUCTION = """\
# Conformance

What the genuine tools have, and what `kitcn` makes of it. The tests write this page; no verdict is typed by hand.

- **same**: a test runs the genuine tool and ours in equal surroundings, and what they print, ask for or leave is equal.
- **better**: a test runs both, and ours differs on purpose; the note says how. [Where they differ](differences.md) and
  [how a deployment is selected](selection.md) tell each case.
- **handed over**: the project's own npm program does it, given the arguments as they were typed.
- **described**: ours is tested against what Convex's source says, since no program that could be run here asks for it.
- **not yet**: no test shows it; the note says what happens instead.

The items come from the genuine packages themselves: commands and flags, also those that the help hides, from the
running command line; operators from what `convex/server` gives a query function; system queries from the command line's
code, and by hand those of the dashboard, which is no package. An item that neither a test shows nor a note explains
fails the run.

To repeat it, with the packages that [CONTRIBUTING](../CONTRIBUTING.md) installs:

```console
$ python -m pytest -n auto -m conforms
$ python -m pytest -n auto -m conforms --conformance-page
```

The first one fails when the page does not say what the tests showed, as does every complete run; the second one writes
the page. A test that fails or is skipped shows nothing.
"""

SECTIONS = (
    ("cli", "Commands and flags", "Of `convex`, which `kitcn` has too. *Hidden* ones are not in the genuine help."),
    ("handed over", "Commands handed over", "With all of their flags."),
    (
        "selection",
        "Which deployment is meant",
        "Surroundings and flags, and the deployment that is then asked with which key.",
    ),
    (
        "deployment",
        "Selecting and creating deployments",
        "What is left in files and in the service. A note says what the genuine one does, or why ours does otherwise.",
    ),
    ("system query", "System queries", "What `kitcn serve` answers to the genuine command line and to the dashboard."),
    ("operator", "Query operators", "What a query function can use, on offline deployments."),
)


def page(verdicts: Iterable[Verdict]) -> str:
    """The whole page, the same for the same verdicts."""
    by_section: dict[str, list[Verdict]] = {name: [] for name, _, _ in SECTIONS}
    listed = list(verdicts)
    handed_over = {one.item.subject for one in listed if one.kind == "handed over" and not one.item.name}
    for one in listed:
        first = one.item.subject.split(" ")[0]
        if one.item.subject in handed_over:
            by_section["handed over"].append(one)
        else:
            by_section["cli" if first == "cli" else one.item.subject].append(one)
    return "\n".join(
        [INTRODUCTION, *_summary(by_section), *(line for one in SECTIONS for line in _section(one, by_section[one[0]]))]
    )


def _summary(by_section: dict[str, list[Verdict]]) -> list[str]:
    total = Counter(one.kind for section in by_section.values() for one in section)
    rows = [
        f"| [{title}](#{_anchor(title)}) | {' | '.join(_counts(Counter(one.kind for one in by_section[name])))} |"
        for name, title, _ in SECTIONS
    ]
    return [
        f"| | {' | '.join(ORDER)} |", f"|---|{'---:|' * len(ORDER)}", *rows,
        f"| **together** | {' | '.join(_counts(total))} |", "",
    ]  # fmt: skip


def _counts(counts: Counter[Kind]) -> list[str]:
    return [str(counts[kind]) for kind in ORDER]


def _section(section: tuple[str, str, str], verdicts: Sequence[Verdict]) -> list[str]:
    name, title, text = section
    lines = [f"## {title}", "", text, ""]
    if name == "handed over":
        return [*lines, *_handed_over(verdicts), ""]
    lines += [
        f"| {'item' if name != 'cli' else 'command'} | verdict | how, or what happens instead | shown by |",
        "|---|---|---|---|",
    ]
    return [*lines, *(_row(one) for one in verdicts), ""]


def _row(one: Verdict) -> str:
    return f"| {_name(one)} | {one.kind} | {_cell('; '.join(one.notes))} | {_files(one.files)} |"


def _handed_over(verdicts: Sequence[Verdict]) -> list[str]:
    flags = Counter(one.item.subject for one in verdicts if one.item.name.startswith("--"))
    return [
        "| command | flags | shown by |", "|---|---:|---|",
        *(
            f"| {_name(one)} | {flags[one.item.subject] or ''} | {_files(one.files)} |"
            for one in verdicts if not one.item.name
        ),
    ]  # fmt: skip


def _name(one: Verdict) -> str:
    item = one.item
    is_command = item.subject.split(" ")[0] == "cli"
    text = f"{item.subject.removeprefix('cli').strip() or 'convex'} {item.name}".strip() if is_command else item.name
    plain = item.subject == "selection"
    return f"{_cell(text) if plain else f'`{_cell(text)}`'}{' *hidden*' if item.is_hidden else ''}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _files(files: Sequence[str]) -> str:
    return ", ".join(f"[{PurePosixPath(file).stem.removeprefix('test_')}](../{file})" for file in files)


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")
