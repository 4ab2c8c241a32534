"""What can be wrong with a backend's file."""

from __future__ import annotations

from kitcn_repl.errors import ExitCode, KitcnError


class BackendFileError(KitcnError):
    """The file can not be read as a backend's. The message names the file, and the table where one is at fault."""


class BackendFileMissingError(BackendFileError):
    """There is no file of that name, so no deployment either."""

    exit_code = ExitCode.NO_DEPLOYMENT
