"""What a variable may be called and hold (control-plane.md 6.5), checked before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.environment.plan import Plan

LONGEST_NAME = 256
LARGEST_VALUE = 8192
MOST_VARIABLES = 512
LARGEST_TOTAL = 512 * 1024
"""Bytes, but for the number of variables."""

BUILT_IN = ("CONVEX_CLOUD_URL", "CONVEX_SITE_URL")
"""Every deployment has them; nobody sets them, and no list shows them."""

_PREFIXES = ("", "PUBLIC_", "NEXT_PUBLIC_", "VITE_", "REACT_APP_", "EXPO_PUBLIC_")
MANAGED = frozenset(
    {
        "CONVEX_DEPLOY_KEY",
        "CONVEX_DEPLOYMENT",
        "CONVEX_DEPLOYMENT_TOKEN",
        "CONVEX_SELF_HOSTED_ADMIN_KEY",
        "CONVEX_SELF_HOSTED_URL",
        *(f"{prefix}{name}" for prefix in _PREFIXES for name in ("CONVEX_URL", "CONVEX_SITE_URL")),
    }
)
"""What a project's `.env.local` says about its deployment: no business of the deployment itself."""

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_LONGEST_SHOWN = 60


def check_plan(plan: Plan, *, is_deployment: bool = True) -> None:
    """That all changes can be made. Raises KitcnError, which names the first variable at fault and no value.

    The limits of the whole count for deployments alone.
    """
    for name, value in plan.sent.items():
        check_name(name)
        if value is not None:
            _check_value(name, value)
    if is_deployment and plan.knows_present:
        _check_whole(plan.after)


def check_name(name: str) -> None:
    if not name:
        raise KitcnError("A variable needs a name, as in API_KEY.")
    if not _NAME.fullmatch(name):
        raise KitcnError(
            f"{shown_name(name)!r} cannot be the name of a variable: it is made of A-Z, a-z, 0-9 and _, and begins with"
            " no digit."
        )
    if len(name) > LONGEST_NAME:
        raise KitcnError(f"{shown_name(name)!r} is too long for a name: {len(name)} of at most {LONGEST_NAME} bytes.")
    if name in BUILT_IN:
        raise KitcnError(f"{name} is built in: every deployment has its own, and it cannot be set.")


def shown_name(name: str) -> str:
    """What was meant as a name, in a message; no value that stands there by mistake."""
    name = name.partition("=")[0]
    return name if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]}…"


def _check_value(name: str, value: str) -> None:
    try:
        size = len(value.encode("utf-8"))
    except UnicodeEncodeError:
        size = -1
    if size < 0:
        raise KitcnError(f"The value of {name} is not UTF-8 text.")
    if size > LARGEST_VALUE:
        raise KitcnError(f"The value of {name} is too large: {size:,} of at most {LARGEST_VALUE:,} bytes.")


def _check_whole(variables: Mapping[str, str]) -> None:
    if len(variables) > MOST_VARIABLES:
        raise KitcnError(f"There would be {len(variables)} variables; a deployment takes {MOST_VARIABLES} at most.")
    total = sum(len(text.encode("utf-8", "surrogatepass")) for item in variables.items() for text in item)
    if total > LARGEST_TOTAL:
        raise KitcnError(
            f"All names and values would have {total:,} bytes; a deployment takes {LARGEST_TOTAL:,} at most."
        )
