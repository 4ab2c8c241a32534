"""The Textual front door. It is not built yet; `kitcn tui` says so."""

from __future__ import annotations

NOTICE = "The terminal application is not part of this version yet. `kitcn run`, `kitcn data` and `kitcn get` are."
