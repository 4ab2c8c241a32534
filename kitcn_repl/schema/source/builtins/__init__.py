"""JavaScript's own objects, as far as schemas are computed with them."""

from __future__ import annotations

from kitcn_repl.schema.source.builtins.global_objects import GLOBALS
from kitcn_repl.schema.source.builtins.intrinsic import Intrinsic
from kitcn_repl.schema.source.builtins.members import intrinsic_member
from kitcn_repl.schema.source.builtins.records import set_entry, set_item

__all__ = ["GLOBALS", "Intrinsic", "intrinsic_member", "set_entry", "set_item"]
