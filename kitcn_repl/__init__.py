"""kitcn for Python: ask a Convex deployment readonly questions, live or offline.

Use `connect("demo")` and its `query(text)`; see the README.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitcn_repl.version import __version__

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from kitcn_repl.connection import AsyncConnection, Connection, connect, connect_async
    from kitcn_repl.errors import KitcnError

__all__ = ["AsyncConnection", "Connection", "KitcnError", "__version__", "connect", "connect_async"]

_HOME = {
    "AsyncConnection": "kitcn_repl.connection",
    "Connection": "kitcn_repl.connection",
    "KitcnError": "kitcn_repl.errors",
    "connect": "kitcn_repl.connection",
    "connect_async": "kitcn_repl.connection",
}


def load_ipython_extension(shell: InteractiveShell) -> None:
    """What `%load_ext kitcn_repl` calls."""
    from kitcn_repl.magic.extension import load

    load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """What `%unload_ext kitcn_repl` calls."""
    from kitcn_repl.magic.extension import unload

    unload(shell)


def __getattr__(name: str) -> object:
    # Lazily, so that the command line pays for nothing that a command does not use.
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(home), name)
