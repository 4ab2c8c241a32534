"""The magics, as IPython sees them. Imported when the extension is loaded, so it imports next to nothing itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.core.magic import Magics, line_cell_magic, magics_class, no_var_expand
from traitlets import Bool, Enum, Float, Int, Unicode

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from kitcn_repl.magic.session import MagicSession


@magics_class
class KitcnMagics(Magics):
    """Ask a Convex deployment readonly questions. `%config KitcnMagics` lists what can be set."""

    deployment = Unicode("", help="The deployment to use, such as demo, prod or snapshot:backup.zip.").tag(config=True)
    limit = Int(50, min=1, help="How many rows of a result are shown.").tag(config=True)
    show_secrets = Bool(False, help="Show credentials, which are masked otherwise.").tag(config=True)
    frame = Enum(
        ["", "pandas", "polars", "arrow"], "", help="What -o stores: a Result, or a frame of this library."
    ).tag(config=True)
    watch_interval = Float(2.0, min=0.1, help="Seconds between two looks of --watch.").tag(config=True)
    width = Int(120, min=40, help="Columns of the text in a notebook.").tag(config=True)

    def __init__(self, shell: InteractiveShell, **settings: Any) -> None:
        super().__init__(shell=shell, **settings)
        self._session: MagicSession | None = None
        self.user = shell
        configurables: list[Any] = shell.configurables
        configurables.append(self)

    @property
    def session(self) -> MagicSession:
        """Made with the first use: loading the extension opens nothing."""
        if self._session is None:
            from kitcn_repl.magic.session import MagicSession

            self._session = MagicSession(lambda: self.deployment)
        return self._session

    @property
    def is_terminal(self) -> bool:
        """Whether the shell has a terminal of its own; a kernel has none."""
        import sys

        return type(self.user).__name__ == "TerminalInteractiveShell" and sys.stdout.isatty()

    # Braces and dollars on the line belong to JavaScript and JSON.
    @no_var_expand
    @line_cell_magic
    def kitcn(self, line: str, cell: str | None = None) -> Any:
        """`%kitcn` shows the deployment, `%kitcn COMMAND ...` runs a command of the command line, `%%kitcn [flags]`
        the cell as a readonly query in JavaScript or TypeScript. `%kitcn --help` and `%%kitcn --help` tell more."""
        from kitcn_repl.magic.front import run_magic

        return run_magic(self, line, cell)

    def close(self) -> None:
        """Close what is open; the magics can be used again."""
        if self._session is not None:
            self._session.close()
            self._session = None
