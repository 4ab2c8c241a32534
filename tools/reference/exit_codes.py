"""docs/reference/exit-codes.md."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages
from typing import Final

import kitcn_repl
from kitcn_repl.cli.main import OUTPUT_CLOSED
from kitcn_repl.errors import ExitCode, KitcnError
from tools.reference.markdown import code, page, table

_MEANINGS: Final = {
    ExitCode.DONE: "It is done. For `doctor`, `schema --diff` and `insights --fail-on`: nothing was found that fails.",
    ExitCode.FAILED: "It failed: a query error, a refused write, a finding that is an error; or a defect of ours.",
    ExitCode.USAGE: "The command, an option or an argument is wrong. Nothing was sent.",
    ExitCode.NO_DEPLOYMENT: "Nothing says which deployment is meant, or what is named does not exist.",
    ExitCode.NOT_REACHED: "The deployment could not be reached or could not serve, or the key may not do this.",
    ExitCode.INTERRUPTED: "ctrl-c.",
}


def error_types() -> list[type[KitcnError]]:
    """Every error type of the core, by name."""
    for module in walk_packages(kitcn_repl.__path__, "kitcn_repl."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    found: list[type[KitcnError]] = [KitcnError]
    for kind in found:
        found += [below for below in kind.__subclasses__() if below not in found]
    return sorted(
        (kind for kind in found if kind.__module__.startswith("kitcn_repl.") and not kind.__name__.startswith("_")),
        key=lambda kind: kind.__name__,
    )


def exit_codes_page() -> str:
    rows = []
    for number in ExitCode:
        kinds = dict.fromkeys(code(kind.__name__) for kind in error_types() if kind.exit_code is number)
        rows.append((str(int(number)), _MEANINGS[number], ", ".join(kinds)))
    rows.append(
        (str(OUTPUT_CLOSED), "The program that read the output ended first, as in `kitcn data user | head -1`.", "")
    )
    return page(
        "Exit codes",
        "What `kitcn` says to a script. A command of npm's kitcn or convex keeps its own.",
        table(("code", "meaning", "error types"), rows),
    )
