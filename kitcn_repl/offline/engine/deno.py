"""Where Deno is, and how it is started: without permissions, configuration, network, or anything of ours around it."""

from __future__ import annotations

import functools
import json
import os
import sys
import threading
from importlib import resources
from pathlib import Path

from kitcn_repl.errors import KitcnError
from kitcn_repl.project.private_files import private_folder

_FLAGS = ("--no-prompt", "--no-remote", "--no-npm", "--no-config", "--no-lock", "--cached-only", "--quiet")
_V8_FLAGS = ("--disallow-code-generation-from-strings", "--max-semi-space-size=8")
_CPU_SECONDS = 60
_FINDING = threading.Lock()


class OfflineSupportMissingError(KitcnError):
    """The extra `offline` is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "Offline queries need Deno, which the extra offline brings:"
            " pip install 'kitcn-repl[offline]', in a clone '.[offline]'."
        )


class DenoNotStartedError(KitcnError):
    """The system does not run the `deno` that is installed."""

    def __init__(self, path: str, error: OSError) -> None:
        super().__init__(f"Cannot start Deno ({path}): {error.strerror}")


@functools.cache
def find_deno() -> str:
    """Path of the `deno` that the PyPI package carries. Raises OfflineSupportMissingError."""
    try:
        import deno  # type: ignore[import-untyped]
    except ImportError:
        raise OfflineSupportMissingError from None
    try:
        # It asks `sysconfig`, which gives one thread nothing while another has it collect its answers.
        with _FINDING:
            return str(deno.find_deno_bin())
    except FileNotFoundError:
        raise OfflineSupportMissingError from None


def command(heap_megabytes: int) -> list[str]:
    """The command line of one query's process."""
    host = resources.files("kitcn_repl.offline.engine") / "runtime" / "host.js"
    v8_flags = ",".join((*_V8_FLAGS, f"--max-old-space-size={heap_megabytes}"))
    deno = [find_deno(), "run", *_FLAGS, f"--v8-flags={v8_flags}", str(host)]
    if sys.platform == "linux":
        return deno  # `process.py` sets limits of the running process there
    # A process that outlives a killed Python must not compute forever.
    return ["/bin/sh", "-c", f'ulimit -t {_CPU_SECONDS}; exec "$0" "$@"', *deno]


def environment(cache_dir: Path) -> dict[str, str]:
    """The whole environment of the process."""
    return {
        "DENO_DIR": str(cache_dir),
        "DENO_NO_UPDATE_CHECK": "1",
        "HOME": str(cache_dir),
        "NO_COLOR": "1",
        "TZ": "UTC",  # as on a Convex server
    }


@functools.cache
def boot_frame() -> bytes:
    """The first frame: the runtime's modules, which run inside of the realm."""
    folder = resources.files("kitcn_repl.offline.engine") / "runtime"
    files = {
        entry.name: entry.read_text(encoding="utf-8")
        for entry in folder.iterdir()
        if entry.name.endswith(".js") and entry.name != "host.js"
    }
    return json.dumps({"files": files}).encode()


def default_cache_dir() -> Path:
    """Where Deno keeps compiled code between queries, which saves half of its start."""
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("kitcn")) / "deno"


def usable(cache_dir: Path) -> Path:
    """The folder, made if need be, or an empty temporary one where it cannot be written.

    Only its owner may write there: V8 trusts the compiled code that it finds.
    """
    try:
        private_folder(cache_dir)
        status = cache_dir.stat()
        is_ours = status.st_uid == os.geteuid()
        if is_ours and status.st_mode & 0o077:
            cache_dir.chmod(0o700)
    except OSError:
        return _temporary()
    return cache_dir if is_ours and os.access(cache_dir, os.W_OK) else _temporary()


@functools.cache
def _temporary() -> Path:
    import atexit
    import shutil
    import tempfile

    folder = tempfile.mkdtemp(prefix="kitcn-deno-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)
