"""Changing environment variables, with the limits and refusals of a backend (deployment-api 6)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kitcn_repl.offline.server.failures import bad_request
from kitcn_repl.offline.server.requests import EnvironmentChange

MAXIMUM_NAME_LENGTH = 256
MAXIMUM_VALUE_SIZE = 8192
MAXIMUM_COUNT = 512
MAXIMUM_TOTAL_SIZE = 524_288
BUILT_IN = frozenset({"CONVEX_CLOUD_URL", "CONVEX_SITE_URL"})

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


def apply_changes(current: Mapping[str, str], changes: Sequence[EnvironmentChange]) -> dict[str, str]:
    """The variables after all `changes`, removals first; refused as a whole if one of them is."""
    for change in changes:
        _check(change)
    removed = {change.name for change in changes if change.value is None}
    after = {name: value for name, value in current.items() if name not in removed}
    set_before: set[str] = set()
    for change in changes:
        if change.value is None:
            continue
        if change.name in set_before:
            raise bad_request(
                "EnvVarNameNotUnique", f'An environment variable with name "{change.name}" already exists'
            )
        set_before.add(change.name)
        after[change.name] = change.value
    _check_totals(after)
    return after


def _check(change: EnvironmentChange) -> None:
    name, value = change.name, change.value
    if len(name.encode("utf-8", "surrogatepass")) > MAXIMUM_NAME_LENGTH:
        raise bad_request(
            "EnvironmentVariableNameTooLong",
            f"The environment variable name {name} is too long. Environment variable names must be less than "
            f"{MAXIMUM_NAME_LENGTH}.",
        )
    if not _NAME.fullmatch(name):
        raise bad_request(
            "EnvironmentVariableNameInvalid",
            f"The environment variable name {name} is invalid. Environment variable names must begin with a letter and "
            "may only include characters a-z, A-Z, 0-9, and underscores.",
        )
    if value is None:
        return
    if name in BUILT_IN:
        raise bad_request(
            "EnvVarNameForbidden", f'Environment variable with name "{name}" is built-in and cannot be overridden'
        )
    size = len(value.encode("utf-8", "surrogatepass"))
    if size > MAXIMUM_VALUE_SIZE:
        raise bad_request(
            "EnvironmentVariableValueTooLarge",
            f"The environment variable value is {size} bytes, which is too large. (max size: {MAXIMUM_VALUE_SIZE})",
        )


def _check_totals(variables: Mapping[str, str]) -> None:
    if len(variables) > MAXIMUM_COUNT:
        raise bad_request("EnvVarLimitMet", f"The environment variable limit ({MAXIMUM_COUNT}) has been met.")
    total = sum(len(text.encode("utf-8", "surrogatepass")) for item in variables.items() for text in item)
    if total > MAXIMUM_TOTAL_SIZE:
        raise bad_request(
            "EnvVarTotalSizeLimitMet",
            f"The total size of all environment variables ({total} bytes) exceeds the limit "
            f"({MAXIMUM_TOTAL_SIZE} bytes).",
        )
