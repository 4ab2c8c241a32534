"""Queries where the grammar is not installed: what the genuine CLI would send."""

from __future__ import annotations

import subprocess
import sys

_CODE = """
import sys
sys.modules["tree_sitter"] = None
from kitcn_repl.explore.inline.compile import compile_query
from kitcn_repl.explore.inline.mistakes import mistake
from kitcn_repl.explore.inline.remarks import remarks
for text in ("1 + 1", "const a = 1;\\nreturn a", "export default query(async (ctx) => 1)", "f(("):
    query = compile_query(text)
    print(query.form, query.is_valid, text in query.module.source)
print(mistake("f(("), remarks("f(("))
"""


def test_texts_are_sent_as_they_are() -> None:
    done = subprocess.run([sys.executable, "-c", _CODE], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == [
        "expression True True",
        "statements True True",
        "module True True",
        "expression True True",
        "None []",
    ], done.stderr
