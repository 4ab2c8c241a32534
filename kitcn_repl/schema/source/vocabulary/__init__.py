"""The meaning of the libraries that schemas are written with."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from kitcn_repl.schema.source.values import Value, Vocabulary
from kitcn_repl.schema.source.vocabulary.aggregates import AGGREGATES
from kitcn_repl.schema.source.vocabulary.collect import collect
from kitcn_repl.schema.source.vocabulary.columns import COLUMNS
from kitcn_repl.schema.source.vocabulary.convex import CONVEX_SERVER
from kitcn_repl.schema.source.vocabulary.convex_table import CONVEX_TABLE
from kitcn_repl.schema.source.vocabulary.ents import ENTS
from kitcn_repl.schema.source.vocabulary.extra_config import CONSTRAINTS
from kitcn_repl.schema.source.vocabulary.helpers import HELPERS, SHARED
from kitcn_repl.schema.source.vocabulary.hosts import ANYTHING
from kitcn_repl.schema.source.vocabulary.plugins import PLUGINS
from kitcn_repl.schema.source.vocabulary.policies import POLICIES
from kitcn_repl.schema.source.vocabulary.relations import relations
from kitcn_repl.schema.source.vocabulary.schema import SCHEMA
from kitcn_repl.schema.source.vocabulary.validators import V

__all__ = ["collect", "vocabulary"]

_KITCN: Mapping[str, Value] = {
    "convexTable": CONVEX_TABLE,
    **COLUMNS,
    **SHARED,
    **CONSTRAINTS,
    **AGGREGATES,
    **POLICIES,
    **SCHEMA,
    **relations(is_old=False),
    "*": ANYTHING,
}
_BETTER_CONVEX: Mapping[str, Value] = {**_KITCN, **relations(is_old=True)}


@cache
def vocabulary() -> Vocabulary:
    """The exports of the known packages: specifier -> name -> value; `*` answers for any other name."""
    return {
        "kitcn/orm": _KITCN,
        "kitcn": _KITCN,
        "better-convex/orm": _BETTER_CONVEX,
        "better-convex": _BETTER_CONVEX,
        "convex/values": {"v": V, "*": ANYTHING},
        "convex/server": CONVEX_SERVER,
        "convex-ents": ENTS,
        **HELPERS,
        **PLUGINS,
    }
