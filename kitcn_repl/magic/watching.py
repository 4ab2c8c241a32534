"""`--watch`: one display that changes in place, until the cell is interrupted."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kitcn_repl.render.quantity import counted

if TYPE_CHECKING:
    from kitcn_repl.magic.magics import KitcnMagics
    from kitcn_repl.results import Result


def watch(magics: KitcnMagics, ask: Callable[[], Result], keep: Callable[[Result], Any]) -> None:
    """Ask every few seconds, and show and keep what is new. Raises KitcnError as soon as the query fails."""
    from IPython import display as ipython

    display: Any = ipython.display

    print(f"Asking every {magics.watch_interval:g} s; interrupt to stop.")  # noqa: T201
    result = ask()
    changes = 0
    try:
        handle = display(keep(result), display_id=True)
        while True:
            time.sleep(magics.watch_interval)
            latest = ask()
            if latest.encoded != result.encoded:
                result = latest
                changes += 1
                handle.update(keep(result))
    except KeyboardInterrupt:
        print(f"Stopped after {counted(changes, 'change')}.")  # noqa: T201
