"""Loading the extension costs next to nothing (`benchmarks/load_extension.py` measures it)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.magic.kernels import variables

_PROGRAM = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
before = set(sys.modules)
shell.run_line_magic("load_ext", "kitcn_repl")
loaded = set(sys.modules) - before
print(json.dumps(sorted(name for name in loaded if not name.startswith("IPython."))))
shell.run_line_magic("unload_ext", "kitcn_repl")
assert shell.find_line_magic("kitcn") is None and shell.find_cell_magic("kitcn") is None
assert not shell.Completer.custom_matchers
"""


def test_loading_imports_only_the_magics(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True, env=variables(tmp_path)
    )
    assert json.loads(done.stdout.splitlines()[-1]) == [
        "kitcn_repl",
        "kitcn_repl.magic",
        "kitcn_repl.magic.extension",
        "kitcn_repl.magic.magics",
        "kitcn_repl.magic.matching",
        "kitcn_repl.version",
    ]
