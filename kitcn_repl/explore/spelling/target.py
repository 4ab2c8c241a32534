"""The flags that name a deployment again."""

from __future__ import annotations

import shlex

from kitcn_repl.targets.target import Target


def target_flags(target: Target) -> str:
    """Such as `--demo`; empty for the deployment that is taken without any, and never a key."""
    if target.kind == "demo":
        return "--demo"
    if target.kind == "snapshot":
        return f"--snapshot {shlex.quote(str(target.path))}"
    if target.kind == "sqlite":
        return f"--deployment {shlex.quote(f'sqlite:{target.path}')}"
    if not target.reason.startswith("-"):
        # the surroundings chose it, and will again
        return ""
    if target.is_prod and target.is_default is not False:
        return "--prod"
    if target.reason.startswith("--url"):
        return f"--url {shlex.quote(target.url or '')}"
    return f"--deployment {shlex.quote(target.name)}"


def with_flags(command: str, target: Target) -> str:
    return " ".join(part for part in (command, target_flags(target)) if part)
