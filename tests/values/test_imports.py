from __future__ import annotations

import json
import subprocess
import sys

HEAVY = ["pydantic", "convex", "_convex", "asyncio", "httpx2", "rich", "click"]
SCRIPT = """
import importlib, json, pkgutil, sys
import kitcn_repl.values as values
for module in pkgutil.iter_modules(values.__path__):
    importlib.import_module(f"kitcn_repl.values.{module.name}")
print(json.dumps(sorted(sys.modules)))
"""


def modules_after(script: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def test_values_import_nothing_heavy() -> None:
    modules = modules_after(SCRIPT)
    assert "kitcn_repl.values.codec" in modules
    assert modules.isdisjoint(HEAVY)


def test_the_package_alone_imports_none_of_its_modules() -> None:
    modules = modules_after("import json, sys, kitcn_repl.values; print(json.dumps(sorted(sys.modules)))")
    ours = {name for name in modules if name.startswith("kitcn_repl.")}
    assert ours == {"kitcn_repl.values", "kitcn_repl.version"}


def test_names_of_the_package() -> None:
    import kitcn_repl.values as values

    for name in set(values.__all__) - {"JsonObject", "JsonValue"}:
        assert getattr(values, name) is not None
    assert not hasattr(values, "nothing")
