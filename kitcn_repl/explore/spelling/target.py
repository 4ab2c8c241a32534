"""The flags that name a deployment again."""

from __future__ import annotations

from collections.abc import Callable

from kitcn_repl.explore.spelling.quoting import cell_word, shell_word
from kitcn_repl.targets.target import Target


def target_flags(target: Target, word: Callable[[str], str] = shell_word) -> str:
    """Such as `--demo`; empty for the deployment that is taken without any, and never a key."""
    if target.kind == "demo":
        return "--demo"
    if target.kind == "snapshot":
        return f"--snapshot {word(str(target.path))}"
    if target.kind == "sqlite":
        return f"--deployment {word(f'sqlite:{target.path}')}"
    if not target.reason.startswith("-"):
        # the surroundings chose it, and will again
        return ""
    if target.is_prod and target.is_default is not False:
        return "--prod"
    if target.reason.startswith("--url"):
        return f"--url {word(target.url or '')}"
    return f"--deployment {word(target.name)}"


def with_flags(command: str, target: Target, *, subject: str = "") -> str:
    """The command about `subject`, a name that may look like a flag, for this target."""
    is_like_a_flag = subject.startswith("-")
    before, after = ("", f"-- {shell_word(subject)}") if is_like_a_flag else (subject and shell_word(subject), "")
    name, _, rest = command.partition(" ")
    verb, _, flags = rest.partition(" ")
    return " ".join(part for part in (name, verb, before, flags, target_flags(target), after) if part)


def cell_line(target: Target, component: str) -> str:
    """The first line of a notebook cell that asks this target."""
    named = f"--component {cell_word(component)}" if component else ""
    return " ".join(part for part in ("%%kitcn", named, target_flags(target, cell_word)) if part)
