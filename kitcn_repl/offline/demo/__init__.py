"""The built-in demo deployment: a small kitcn application, the same on every machine and on every day."""

from __future__ import annotations

from kitcn_repl.offline.demo.dataset import demo_dataset

__all__ = ["demo_dataset"]
