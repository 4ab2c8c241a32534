"""How soon each front door is there, what it imports for that, and the same of others.

Whole processes; the shell counts until its prompt, the application until its first rows. First against a bare
interpreter (`python -c pass`), which nothing in Python can be faster than, then against others' programs. Below the
table: the modules that a bare interpreter does not import, and the packages whose import costs most, as `python -X
importtime` tells, which makes them dearer than they are.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from benchmarks.first_rows import COLUMNS, LINES, first_rows, until_shown
from benchmarks.frame.bench import Bench
from benchmarks.frame.command import alone
from benchmarks.frame.ours import environment
from benchmarks.frame.processes import finish
from benchmarks.frame.rows import Row
from benchmarks.frame.terminals import Terminal
from benchmarks.frame.turns import Sample

COMMANDS: Final = (("--version",), ("--help",), ("data", "--demo"), ("run", "--demo", "--inline-query", "1"))
PROMPT: Final = "demo ›".encode()
RIVALS: Final = ("posting", "harlequin", "pgcli")
NOTHING: Final = (sys.executable, "-c", "pass")
SHELL: Final = "from IPython.core.interactiveshell import InteractiveShell as S; shell = S.instance()"
LOADED: Final = f"{SHELL}; shell.run_line_magic('load_ext', 'kitcn_repl')"
HEAVIEST: Final = 5
_IMPORT: Final = re.compile(rb"import time:\s+(\d+) \|\s+\d+ \|\s+([\w.]+)")


def measure(bench: Bench) -> Iterator[Row]:
    home, ours, others = bench.ours.home, bench.ours.environment(), environment(bench.ours.home)

    def process(command: Sequence[str], variables: Mapping[str, str]) -> Callable[[], Sample]:
        return lambda: finish(command, variables, home).sample

    def traced(command: Sequence[str], variables: Mapping[str, str], *without: str) -> str:
        known = finish(_traced(without or NOTHING), others, home).stderr
        return imports(finish(_traced(command), variables, home).stderr, known)

    bare = process(NOTHING, others)
    for arguments in COMMANDS:
        command = bench.ours.kitcn(*arguments)
        sides = bench.compare({"kitcn": process(command, ours), "bare interpreter": bare})
        yield Row(f"kitcn {' '.join(arguments)}", *sides, note=traced(command, ours))
    repl, tui = bench.ours.kitcn("repl", "--demo"), bench.ours.kitcn("tui", "--demo")
    prompt = partial(until_shown, repl, ours, home, PROMPT)
    known = finish(_traced(NOTHING), others, home).stderr
    for what, command, shown in (
        ("repl, until its prompt", repl, PROMPT),
        ("tui, until its first rows", tui, first_rows()),
    ):
        sides = bench.compare({"kitcn": partial(until_shown, command, ours, home, shown), "bare interpreter": bare}, 7)
        with Terminal(_traced(command), ours, home, columns=COLUMNS, lines=LINES) as terminal:
            terminal.until(shown)
            yield Row(f"kitcn {what}", *sides, note=imports(terminal.text, known))
    loaded, shell = bench.ours.python("-c", LOADED), bench.ours.python("-c", SHELL)
    sides = bench.compare({"IPython with kitcn": process(loaded, ours), "IPython": process(shell, others)})
    yield Row("IPython's shell, with %load_ext kitcn_repl", *sides, note=traced(loaded, ours, *shell))

    ipython = partial(until_shown, bench.ours.python("-m", "IPython"), others, home, b"In [1]:")
    sides = bench.compare({"kitcn": prompt, "IPython": ipython}, 7)
    yield Row("kitcn repl, until its prompt", *sides, is_quoted=True)
    for name in RIVALS:
        program = bench.where_possible(f"{name} --help", partial(bench.rivals.program, name))
        if program is not None:
            help_of = {"kitcn": process(bench.ours.kitcn("--help"), ours), name: process([program, "--help"], others)}
            yield Row("kitcn --help", *bench.compare(help_of), is_quoted=True)


def _traced(command: Sequence[str]) -> list[str]:
    return [command[0], "-X", "importtime", *command[1:]]


def imports(said: bytes, known: bytes) -> str:
    """`214 modules, imports 98 ms: standard library 40, pydantic 21 ...`, of what `-X importtime` wrote, without what
    is known."""
    names = {name for _, name in _IMPORT.findall(known)}
    times: Counter[str] = Counter()
    modules = 0
    for microseconds, name in _IMPORT.findall(said):
        if name not in names:
            package = name.decode().split(".")[0]
            times["standard library" if package in sys.stdlib_module_names else package] += int(microseconds)
            modules += 1
    heaviest = ", ".join(f"{name} {time / 1000:.0f}" for name, time in times.most_common(HEAVIEST))
    return f"{modules} modules, imports {sum(times.values()) / 1000:.0f} ms: {heaviest}"


if __name__ == "__main__":
    raise SystemExit(alone("start_up"))
