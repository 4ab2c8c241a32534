"""`EXTENSION MAGIC OPEN CODE`: prints the seconds until the extension is loaded, and until the code has its answer, in
an IPython shell that has started.
"""

from __future__ import annotations

import json
import sys
import time

from IPython.core.interactiveshell import InteractiveShell

extension, magic, opening, code = sys.argv[1:]
shell = InteractiveShell.instance()
before = set(shell.magics_manager.magics["cell"])
began = time.perf_counter()
shell.run_line_magic("load_ext", extension)
loaded = time.perf_counter() - began
assert set(shell.magics_manager.magics["cell"]) > before
shell.run_line_magic(magic, opening)
answer = shell.run_cell_magic(magic, "", code)  # type: ignore[no-untyped-call]
answered = time.perf_counter() - began
assert "2" in repr(answer), answer
print()
print(json.dumps([loaded, answered]))
