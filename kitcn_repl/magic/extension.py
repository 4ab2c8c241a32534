"""Loading and unloading, as `%load_ext kitcn_repl` asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitcn_repl.magic.magics import KitcnMagics

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def load(shell: InteractiveShell) -> None:
    """Register the magics, their completion, and the colours of `%%kitcn` cells."""
    magics = KitcnMagics(shell)
    shell.register_magics(magics)
    from kitcn_repl.magic.matching import add_matcher

    add_matcher(shell, magics)
    _colour_cells(shell)


def unload(shell: InteractiveShell) -> None:
    """Close what is open and take the magics away."""
    for magics in [each for each in shell.configurables if isinstance(each, KitcnMagics)]:
        magics.close()
        shell.configurables.remove(magics)
    from kitcn_repl.magic.matching import remove_matcher

    remove_matcher(shell)
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop("kitcn", None)


def _colour_cells(shell: InteractiveShell) -> None:
    """In a terminal, cells are coloured as JavaScript; notebooks choose for themselves."""
    lexers = getattr(getattr(getattr(shell, "pt_app", None), "lexer", None), "magic_lexers", None)
    if isinstance(lexers, dict) and "javascript" in lexers:
        lexers["kitcn"] = lexers["javascript"]
