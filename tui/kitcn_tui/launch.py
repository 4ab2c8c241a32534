"""The way into the application from the other front doors."""

from __future__ import annotations

import sys

from kitcn_repl.errors import ExitCode
from kitcn_repl.explore.workspace import Surroundings
from kitcn_repl.targets.target import TargetFlags

_TURN = 0.0005
"""Seconds that a thread computes before it lets others."""


def launch(flags: TargetFlags, surroundings: Surroundings, start: str | None = None, component: str = "") -> int:
    """Run the application until it is left; returns the exit code. `start` is a table's name or a document's id.

    An exception that nobody foresaw leaves the terminal as it was, a line on stderr, and a report in a file.
    """
    import gc

    # Nothing that is made on the way to the first rows is garbage: looking for it takes a tenth of that way. The
    # application looks again once they are there.
    gc.disable()
    patience = sys.getswitchinterval()
    from kitcn_tui.app import KitcnApp

    app = KitcnApp(flags, surroundings, start=start, component=component)
    try:
        # Threads read and decode pages; a key must not wait for its turn among them.
        sys.setswitchinterval(_TURN)
        app.run()
    except Exception as error:
        app.crash = app.crash or error
    finally:
        sys.setswitchinterval(patience)
        gc.enable()
    if app.crash is None:
        return app.return_code or ExitCode.DONE
    from kitcn_tui.crash import one_line, write_report

    line = f"kitcn tui ended because of a defect: {one_line(app.crash)}."
    try:
        line += f" The report is in {write_report(app.crash, tuple(app.done), surroundings.variables)}"
    except OSError as error:
        line += f" No report could be written ({error.strerror})."
    sys.stderr.write(line + "\n")
    return ExitCode.FAILED
