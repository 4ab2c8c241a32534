"""The JavaScript runtime of offline deployments: queries in Deno, data from a store."""

from __future__ import annotations

from kitcn_repl.offline.engine.deno import OfflineSupportMissingError
from kitcn_repl.offline.engine.engine import Engine
from kitcn_repl.offline.engine.limits import Limits

__all__ = ["Engine", "Limits", "OfflineSupportMissingError"]
