"""A call as a command of ours."""

from __future__ import annotations

from kitcn_repl.deployment.models import ROOT_COMPONENT
from kitcn_repl.explore.spelling.quoting import shell_word
from kitcn_repl.explore.spelling.target import target_flags
from kitcn_repl.targets.target import Target
from kitcn_repl.values import JsonObject
from kitcn_repl.values.javascript import stringify


def run_command(
    function: str,
    args: JsonObject,
    *,
    identity: JsonObject | None = None,
    component: str = ROOT_COMPONENT,
    target: Target | None = None,
) -> str:
    """`kitcn run users:list '{"limit": 5}'`, for a POSIX shell; without `target` also without the flags that name one.

    A name that looks like a flag comes last, where none is expected any more.
    """
    call = [shell_word(function), *([shell_word(stringify(args))] if args else [])]
    flags = [] if identity is None else ["--identity", shell_word(stringify(identity))]
    if component:
        flags += ["--component", shell_word(component)]
    if target is not None:
        flags.append(target_flags(target))
    words = [*flags, "--", *call] if function.startswith("-") else [*call, *flags]
    return " ".join(word for word in ("kitcn", "run", *words) if word)
