"""A call as a command of ours."""

from __future__ import annotations

import shlex

from kitcn_repl.deployment.models import ROOT_COMPONENT
from kitcn_repl.values import JsonObject
from kitcn_repl.values.javascript import stringify


def run_command(
    function: str,
    args: JsonObject,
    *,
    identity: JsonObject | None = None,
    component: str = ROOT_COMPONENT,
) -> str:
    """`kitcn run users:list '{"limit": 5}'`, for a POSIX shell, without the flags that name a deployment."""
    words = ["kitcn", "run", function]
    if args:
        words.append(stringify(args))
    if identity is not None:
        words += ["--identity", stringify(identity)]
    if component:
        words += ["--component", component]
    return shlex.join(words)
