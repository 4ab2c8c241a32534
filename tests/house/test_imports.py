"""Start-up is a feature: what a command must not import, looked at in a fresh interpreter."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

_TOOLKITS = {"textual", "IPython", "prompt_toolkit"}


def _modules_after(code: str) -> set[str]:
    program = f"import sys, json\n{code}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    ("code", "forbidden"),
    [
        ("import kitcn_repl", {"pydantic", "httpx2", "asyncio", "rich", "click", "convex"}),
        ("import kitcn_repl.deployment.remote", {"pydantic", "rich", "click", "convex", "sqlite3"}),
        ("import kitcn_repl.explore.inline", {"pydantic", "rich", "click", "tree_sitter", "convex"}),
        ("import kitcn_repl.offline.offline", {"pydantic", "rich", "click", "starlette", "uvicorn", "httpx2"}),
        ("from kitcn_repl import connect", {"pydantic", "rich", "click", "starlette"}),
    ],
)
def test_importing_the_core_stays_light(code: str, forbidden: set[str]) -> None:
    assert _modules_after(code) & (forbidden | _TOOLKITS) == set()
