"""`TOLD`: an application that shows how many keys were pressed, and nothing else."""

from __future__ import annotations

import sys

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Static

from benchmarks.inside.telling import Timer, tell


class Counter(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.timer, self.pressed = Timer(), 0

    def compose(self) -> ComposeResult:
        yield Static("0")

    def on_mount(self) -> None:
        self.set_interval(0.2, lambda: tell(self.timer, sys.argv[1], pressed=self.pressed))

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key):
            self.timer.input(event.time)
            self.pressed += 1
            self.query_one(Static).update(str(self.pressed))
        await super().on_event(event)

    def post_display_hook(self) -> None:
        self.timer.shown()


Counter().run()
