"""`TOLD CACHE SNAPSHOT`: the application on the table `events`; five times a second it writes how it is."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Any

gc.disable()  # as `kitcn_tui.launch`, until the first rows are there

from kitcn_tui.app import KitcnApp  # noqa: E402

from benchmarks.inside.telling import Timer, tell  # noqa: E402
from kitcn_repl.explore.workspace import Surroundings  # noqa: E402
from kitcn_repl.targets.target import TargetFlags  # noqa: E402

told, cache, snapshot = sys.argv[1:]


class Measured(KitcnApp):
    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.timer = self.frames = Timer()

    def on_mount(self) -> None:
        super().on_mount()
        self.set_interval(0.2, self._tell)

    def _tell(self) -> None:
        from kitcn_tui.data.view import DataView
        from kitcn_tui.grid.grid import Grid

        grids = list(self.main.query(Grid))
        if grids:
            rows = self.main.query_one(DataView).rows
            tell(
                self.timer,
                told,
                row=grids[0].cursor_row,
                there=grids[0].row is not None,
                rows=rows.total if rows else None,
                held=rows.held if rows else 0,
            )


folders = {"KITCN_CACHE_DIR": cache, "KITCN_STATE_DIR": f"{cache}/state", "KITCN_CONFIG_DIR": f"{cache}/config"}
Measured(TargetFlags(snapshot=snapshot), Surroundings(Path(cache), folders), start="events").run()
